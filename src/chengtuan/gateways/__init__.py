"""Clients for partners' systems, each with a sandbox that speaks the partner's real protocol."""
