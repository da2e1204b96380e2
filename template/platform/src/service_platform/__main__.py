"""``python -m service_platform`` is the service's command whatever its name, as in the image."""

from service_platform import main

main()
