"""Rules about hosts and proxies."""
