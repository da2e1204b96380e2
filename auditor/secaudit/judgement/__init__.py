"""What a text is: a placeholder, a loopback host, a public origin. One idea a module."""
