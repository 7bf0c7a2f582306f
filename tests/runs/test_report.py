"""Snakemake's own report, whose captions hold numbers of a ledger just written."""

from neural_spectra.page.captions import numbers


def test_a_report_made_right_after_a_run_has_the_numbers_of_its_ledger(workflow):
    ledger, figure = "results/claims/claims.csv", "results/saturation/figures/attenuation.png"
    (workflow.folder / ledger).unlink()
    as_report = ("--report=report.html", "--report-after-run")
    status, printed = workflow.run(*as_report, "--", ledger, figure)
    assert status == 0, printed
    largest = numbers(workflow.folder / ledger)["norm_below_bound_every_scale"]["ours"]
    report = (workflow.folder / "report.html").read_text(encoding="utf-8")
    assert f"is at most {largest} times its bound" in report
