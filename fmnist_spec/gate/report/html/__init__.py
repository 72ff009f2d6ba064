"""The report as one page for a browser, which needs nothing else."""

from fmnist_spec.gate.report.html.page import as_html as as_html
