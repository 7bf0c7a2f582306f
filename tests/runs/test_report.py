"""Snakemake's own report, whose captions hold numbers of a ledger just written."""

from neural_spectra.page.captions import numbers


def test_a_report_made_right_after_a_run_has_the_numbers_of_its_ledger(workflow):
    ledger = workflow.results / "claims/claims.csv"
    ledger.unlink()
    figure = "results/saturation/figures/attenuation.png"
    report = ("--report=report.html", "--report-after-run")
    status, printed = workflow.run(*report, "--", "claims", figure)
    assert status == 0, printed
    largest = numbers(ledger)["norm_below_bound_every_scale"]["ours"]
    written = (workflow.folder / "report.html").read_text(encoding="utf-8")
    assert f"is at most {largest} times its bound" in written
