"""What the centre's commands say when they cannot do what was asked."""


class CentreError(Exception):
    """One plain sentence for an administrator."""
