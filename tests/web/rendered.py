"""Pages of the gallery as they are rendered, and a reader of what is in them."""

from html.parser import HTMLParser

from idp.translation import load_translation
from idp.web.assets import Assets
from idp.web.pages import Brand, Pages
from tests.browser.gallery import SAMPLES

TRANSLATION = load_translation(pseudo=True)
PAGES = Pages(TRANSLATION, Assets(), Brand("Northgate ID", help_url="/help"))
VOID = frozenset({"meta", "link", "input", "img", "br", "wbr", "path", "rect", "circle", "hr"})


class Reader(HTMLParser):
    """Checks that tags are balanced and collects elements, forms and the text of scripts."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.open, self.forms, self.ids = [], [], [], []
        self.feed(html)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        assert len(attributes) == len(attrs), f"an attribute twice in <{tag}>"
        self.elements.append((tag, attributes))
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "form":
            self.forms.append((attributes, []))
        elif tag in ("input", "button") and "form" in self.open:
            self.forms[-1][1].append((tag, attributes))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def find(self, tag, **attributes):
        wanted = attributes.items()
        return [found for name, found in self.elements if name == tag and wanted <= found.items()]


def read(name, locale="en"):
    return Reader(PAGES.render(SAMPLES[name], locale).html)
