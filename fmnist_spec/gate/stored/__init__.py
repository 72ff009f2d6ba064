"""What a notebook stores, beside what its cells gave when they ran."""
