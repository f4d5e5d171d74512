"""What of a page in German is still English: its words, those of its shadow roots, and those that only a screen reader has."""

import re

from playwright.sync_api import Page

TEXTS = """() => {
  const found = [], APART = new Set(["script", "style", "template", "code", "pre", "textarea"]), LABELS = ["aria-label", "aria-description", "aria-roledescription", "title", "placeholder", "alt"];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) found.push(node.data);
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (APART.has(node.localName) || node.classList.contains("code") || (node.lang && !node.lang.startsWith("de"))) return;
      for (const name of LABELS) if (node.hasAttribute(name)) found.push(node.getAttribute(name));
      if (node.shadowRoot) walk(node.shadowRoot);
    }
    node.childNodes.forEach(walk);
  };
  walk(document.body);
  return [document.title, ...found];
}"""
"""Every text, also of what is folded; but not of what is in another language, or stands in a file or a document."""
ENGLISH = re.compile(
    r"the|of|and|is|are|were|with|that|this|these|those|for|to|by|from|which|be|been|has|have|had|than|or|not|no|it|its|at"
    r"|on|as|into|about|only|if|when|where|who|whom|whose|what|why|how|does|did|can|could|may|might|must|should|would"
    r"|there|here|their|they|them|you|your|we|our|other|another|each|every|any|some|all|both|more|most|less|least|few"
    r"|fewer|over|under|above|below|between|before|after|since|until|during|out|up|down|off|again|once|still|yet|one|two"
    r"|three|days?|weeks?|months?|years?|people|employees?|customers?|sections?|cycles?|ratings?|contacts?|purchases?"
    r"|evidence|values?|expected|numbers?|shares?|lines?|files?|rows?|columns?|reasons?|unknown|missing|wrong|none|first"
    r"|last|next|new|old|closed|given|kept|used|left|right|same|different|because|without|within|against|direct|answers?"
    r"|estimates?|weights?|policy|set|yes|true|false|undefined|[A-Z]{2,}_[A-Z_]+|[a-z]+(?:_[a-z]+)+",
    re.IGNORECASE,
)
"""Frequent words, and those of the trade, that are not German words, too; and what only programs say."""
WORD = re.compile(r"(?<![\w.$/@-])[A-Za-z_]+(?![\w@/(=-]|\.\w)")


def english(text: str) -> list[str]:
    return [word for word in WORD.findall(text) if ENGLISH.fullmatch(word)]


def left_in(page: Page) -> list[tuple[str, list[str]]]:
    """Each text of the page in which an English word is, and which."""
    texts = dict.fromkeys(" ".join(text.split()) for text in page.evaluate(TEXTS))
    return [(text, words) for text in texts if (words := english(text))]
