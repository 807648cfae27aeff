"""What notebooks ask of `IPython.core`."""


class UsageError(Exception):
    """A magic was used in a way that it is not made for."""


class CapturedIO:
    """What `%%capture` kept."""

    def __init__(self, stdout, stderr):
        self.stdout = stdout
        self.stderr = stderr

    def __str__(self):
        return self.stdout

    def show(self):
        import sys
        sys.stdout.write(self.stdout)
        sys.stderr.write(self.stderr)

    __call__ = show
