"""``python -m service_platform`` is the service's command where its name must not matter, as in the image."""

from service_platform import main

main()
