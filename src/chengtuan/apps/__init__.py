"""The only code that knows which modules run in which process."""
