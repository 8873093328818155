"""Can the PDF be opened, and does it say what the page says?"""

import pypdfium2
import pytest

from industry_fixtures import HOSTILE_CITATION, atlas, figure, hostile_report, report, verdicts


def text_of(file):
    """All text, with single blanks, and the number of pages."""
    document = pypdfium2.PdfDocument(file)
    try:
        pages = []
        for page in document:
            content = page.get_textpage()
            pages.append(content.get_text_bounded())
            content.close()
            page.close()
        return " ".join(" ".join(pages).replace("\ufffe", "-").split()), len(pages)
    finally:
        document.close()


@pytest.fixture(scope="module")
def told():
    return text_of(report() / "report.pdf")


def squeezed(text):
    """Letters and digits alone: line breaks, hyphens and ligatures do not matter."""
    ligatures = {"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl"}
    for ligature, letters in ligatures.items():
        text = text.replace(ligature, letters)
    return "".join(letter for letter in text if letter.isalnum())


def test_the_pdf_has_pages_of_text(told):
    text, pages = told
    assert pages > 5 and len(text) > 10_000


@pytest.mark.parametrize("name", atlas().figures())
def test_the_pdf_has_the_question_and_the_title_of_every_view(told, name):
    text = squeezed(told[0])
    assert squeezed(figure(name).figure.question) in text
    for view in figure(name).views.values():
        assert squeezed(view.title) in text


def test_the_pdf_has_every_judged_claim_and_assumption(told):
    text = squeezed(told[0])
    for verdict in verdicts():
        if verdict.verdict != "not-computable":
            assert squeezed(verdict.claim.statement) in text
    for name in atlas().evidence("assumptions")["assumption"]:
        assert squeezed(name) in text


def test_the_citation_of_a_user_is_no_command_of_the_typesetter():
    text, pages = text_of(hostile_report() / "report.pdf")
    assert pages > 5
    assert squeezed(HOSTILE_CITATION) in squeezed(text)
