"""The rules, one file each, by family. ``secaudit.registry`` lists them."""
