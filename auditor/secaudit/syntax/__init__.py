"""Bytes to trees and spans: one format a module, pure, nothing knows what a value means."""
