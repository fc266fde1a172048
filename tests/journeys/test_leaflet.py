"""A clinician makes a leaflet; a browser shows it, narrow and wide."""

import json
import os
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHILD = ROOT / "examples" / "child-new-itp.yaml"
ATG = ROOT / "examples" / "atg-child-hct.yaml"
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = os.environ.get("AXE_CORE", "/usr/share/javascript/axe-core/axe.min.js")


def opsonin(*words, code=0):
    run = subprocess.run(
        [sys.executable, "-m", "opsonin", *map(str, words)], capture_output=True, text=True, check=False
    )
    assert run.returncode == code, run.stderr[-2000:]
    return run


@pytest.mark.parametrize("reader", ["parent", "child", "teen"])
def test_the_family_gets_its_page(reader, tmp_path):
    run = opsonin("leaflet", CHILD, "--for", reader, "--people", 200, "--out", tmp_path)
    page = tmp_path / f"leaflet-{reader}.html"
    assert str(page) in run.stderr and run.stdout == ""
    assert "Settle before signing: class/live_vaccine_us" in run.stderr
    text = page.read_text(encoding="utf-8")
    assert "Gamunex-C" in text and "paediatric pharmacist" in text and "extension 2210" in text


def test_without_a_folder_it_is_plain_text():
    text = opsonin("leaflet", ATG, "--for", "child").stdout
    assert text.startswith("ATG: WHAT TO EXPECT")
    assert "Tell a grown-up NOW" in text and "<" not in text


def test_the_json_is_json_only():
    made = json.loads(opsonin("leaflet", ATG, "--for", "parent", "--json").stdout)
    assert made["for"] == "parent" and made["sections"][0]["sentences"][0]["facts"]


def test_a_reader_that_does_not_fit_is_refused_and_nothing_is_written(tmp_path):
    run = opsonin("leaflet", CHILD, "--for", "adult", "--people", 200, "--out", tmp_path / "out", code=2)
    assert "Refused, nothing written" in run.stderr and "--for parent" in run.stderr
    assert not (tmp_path / "out").exists()


def test_an_absolute_finding_is_refused_and_nothing_is_written(tmp_path):
    case = tmp_path / "case.yaml"
    text = ATG.read_text(encoding="utf-8").replace("rabbit_allergy: unknown", "rabbit_allergy: yes")
    case.write_text(text, encoding="utf-8")
    run = opsonin("leaflet", case, "--for", "parent", "--out", tmp_path / "out", code=2)
    assert "no leaflet may be handed out" in run.stderr and "rabbit" in run.stderr
    assert not (tmp_path / "out").exists()


def test_pdf_needs_a_place():
    assert "Add --out DIR" in opsonin("leaflet", ATG, "--for", "child", "--pdf", code=2).stderr


def dom(page, width=1000):
    """The page after its scripts ran in a headless browser."""
    command = [
        BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000",
        "--allow-file-access-from-files", f"--window-size={width},1200", "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A page of each therapy, as files."""
    folder = tmp_path_factory.mktemp("leaflets")
    opsonin("leaflet", CHILD, "--for", "parent", "--people", 200, "--out", folder / "ivig")
    opsonin("leaflet", ATG, "--for", "parent", "--out", folder / "atg")
    return [folder / "ivig" / "leaflet-parent.html", folder / "atg" / "leaflet-parent.html"]


@pytest.mark.skipif(BROWSER is None, reason="NOT CHECKED: no Chromium here, so reflow at 400 % was not tested")
def test_at_400_per_cent_nothing_runs_out_of_the_page(pages, tmp_path):
    for page in pages:
        frame = page.with_name("narrow.html")
        frame.write_text(
            f"<!doctype html><iframe id=f src={page.name} style='width:320px;height:9000px;border:0'></iframe>"
            "<script>f.onload=()=>{const d=f.contentDocument;document.title='WIDE '+[...d.querySelectorAll('*')]"
            ".filter(e=>e.getBoundingClientRect().right>321&&!e.closest('.skip')).map(e=>e.tagName).join()"
            "+' '+d.documentElement.scrollWidth}</script>",
            encoding="utf-8",
        )
        found = re.search(r"<title>WIDE (.*) (\d+)</title>", dom(frame))
        assert found and found[1] == "" and int(found[2]) <= 320, found and found[0]


@pytest.mark.skipif(BROWSER is None, reason="NOT CHECKED: no Chromium here, so axe was not run")
@pytest.mark.skipif(not Path(AXE).exists(), reason=f"NOT CHECKED: axe-core is not at {AXE}; AXE_CORE names its file")
def test_axe_finds_nothing(pages):
    axe = Path(AXE).read_text(encoding="utf-8")
    for page in pages:
        tested = page.with_name("axe.html")
        run = "axe.run().then(r=>{const p=document.createElement('pre');p.id='axe';p.textContent=JSON.stringify("
        run += "r.violations.map(v=>[v.id,v.nodes.map(n=>n.html.slice(0,120))]));document.body.append(p)})"
        text = page.read_text(encoding="utf-8")
        tested.write_text(
            text.replace("</body>", f"<script>{axe}</script><script>{run}</script></body>"), encoding="utf-8"
        )
        found = re.search(r'<pre id="axe">(.*?)</pre>', dom(tested), re.S)
        assert found, "axe gave no answer"
        assert json.loads(unescape(found[1])) == []
