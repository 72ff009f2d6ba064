"""Which files a notebook sees, may read and may write, and how they come to its folder."""
