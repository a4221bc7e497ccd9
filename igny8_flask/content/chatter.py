"""What a model says to its user before and after the article, in the languages users write in."""

import re

_OPENING = re.compile(
    r"(?:(?:sure(?: thing)?|certainly|of course|absolutely|great|okay|ok|understood|got it|alright|"
    r"no problem|(?:my )?apologies|sorry|thank you|thanks)"
    r"(?=\s*[!,.:;—–-]|\s+(?:here|i\b|let me|for (?:the|your)))|"
    r"here(?:(?:'|’)s| is| are)(?! (?:how|why|what|where|when|who)\b)|(?:below|the following) is|"
    r"i(?:(?:'|’)d| would) be|i(?:(?:'|’)(?:ve|ll|m)| have| will| am)"
    r"(?: (?:now|also|just|happy to))? (?:writ|creat|prepar|draft|rewrit|updat|revis|generat|"
    r"put together|craft|structur|format|made|includ|follow|provid|produc|present|"
    r"going to write|ready to)|as requested|"
    r"happy to|this is the|as an ai|i apologi[sz]e|let me (?:write|create|draft|start by writ)|"
    r"(?<=\[)note:)",
    re.I,
)
_ABOUT = re.compile(
    r"\b(?:article|blog|post|content|draft|version|markdown|html|guide|piece|outline|json|rewrite|"
    r"copy|requested|request|help|write|text|here you go|here it is)\b",
    re.I,
)
_ELSEWHERE = re.compile(
    r"(?:hier (?:ist|sind|is)|gerne|natürlich|natuurlijk|selbstverständlich|voici|bien sûr|"
    r"d(?:'|’)accord|"
    r"¡?claro|¡?por supuesto|aquí (?:tienes|está|te)|aqui (?:está|vai)|com certeza|certo|"
    r"certamente|ecco|"
    r"oczywiście|oto|elbette|tabii|işte|tentu|berikut|baik|här är|självklart|her er|tässä|zde je|"
    r"конечно|вот|разумеется|ось|звичайно|当然|好的|以下|這是|这是|没问题|もちろん|以下|はい|承知|こちら|"
    r"물론|다음은|네[,.! ]|"
    r"بالتأكيد|بالطبع|إليك|تفضل|حتماً|البته|בטח|בוודאי|הנה|"
    r"ज़रूर|यहाँ|यह रहा|chắc chắn|dưới đây|แน่นอน|นี่คือ)",
    re.I,
)
_CLOSING = re.compile(
    r"(?:(?:just )?let me know|i hope (?:this|you)|hope this helps|feel free to|would you like|"
    r"if you(?:'|’)d like|if you would like|if you need|please let me know|is there anything else|"
    r"want me to|this (?:article|post|blog post|version|draft|content|json|html|markdown) "
    r"(?:is|has been|meets|follows|includes|contains|uses)|"
    r"note: this (?:article|post|draft|content)|\(?word count|\[?end of (?:article|post)|happy to)",
    re.I,
)
_TO_THE_USER = re.compile(
    r"\b(?:article|post|draft|version|tone|sections?|adjust\w*|revis\w*|edit\w*|chang\w*|tweak\w*|"
    r"modif\w*|expand\w*|rewrit\w*|format\w*|keywords?|seo|word count|length|me|i|this helps|"
    r"anything else|assist\w*|request\w*|title|json)\b|\A\W*(?:word count|end of)",
    re.I,
)
_NOT_TO_THE_USER = re.compile(r"\bcomments?\b|\bsubscribe\b|\bvisit\b|\bshop\b", re.I)
_CLOSING_ELSEWHERE = re.compile(
    r"(?:ich hoffe|lass mich wissen|lassen sie mich wissen|wenn du (?:möchtest|willst)|möchtest du|"
    r"n(?:'|’)hésitez pas|j(?:'|’)espère que|souhaitez-vous|espero que|si (?:necesitas|"
    r"quieres|deseas)|"
    r"se (?:precisar|quiser)|spero che|fammi sapere|ik hoop dat|laat (?:me|het)|mam nadzieję|"
    r"umarım|semoga|jag hoppas|надеюсь|дайте знать|если (?:нужно|хотите)|希望(?:这|這|本|以上)|"
    r"如果(?:您|你)(?:需要|想)|"
    r"如需|需要我|(?:この記事|以上|ご不明|何か|ご参考)|이 (?:글|기사)가|도움이 되|"
    r"آمل أن|أتمنى أن|إذا كنت|هل تريد|אשמח|"
    r"मुझे उम्मीद|hy vọng|หวังว่า)",
    re.I,
)
_ELSEWHERE_TO_THE_USER = re.compile(
    r"artikel|artículo|article|artigo|articolo|texte?|testo|texto|beitrag|weiter|hilft|"
    r"hilfreich|útil|utile|"
    r"aide|ayud|ajud|modific|änder|anpass|ajust|nuttig|helpt|pomoże|yardım|bermanfaat|hjälp|"
    r"поможет|стать|"
    r"изменен|правк|полез|帮|幫|有用|修改|调整|文章|記事|"
    r"役立|修正|도움|수정|يساعد|مفيد|المقال|تعديل|"
    r"עזר|מאמר|मदद|लेख|hữu ích|ประโยชน์",
    re.I,
)
_TAIL = re.compile(r"\n[ \t]*\n|(?<=>)\n")
_RULE_FIRST = re.compile(r"\A\s*(?:-{3,}|\*{3,}|_{3,})[ \t]*\n")
_RULE_LAST = re.compile(r"\n\s*(?:-{3,}|\*{3,})\s*\Z")
_FIRST_LINE = re.compile(r"[^\n<]{1,400}(?=\n[ \t]*\n|\n?<|\n#)")
_SPEAKERS = re.compile(
    r"\A\s*(?:(?:\*\*)?(?:user|human|prompt)(?:\*\*)?:(?:\*\*)?[^\n]*\n\s*)?"
    r"(?:\*\*)?(?:assistant|chatgpt|claude|gemini)(?:\*\*)?:(?:\*\*)?[ \t]*\n?",
    re.I,
)
_BOUNDS = re.compile(
    r"^[ \t]*[\[*<=-]+[ \t]*(?:start|begin|beginning|end) of (?:the )?"
    r"(?:article|blog post|post|content|draft|output|response)[ \t]*[\]*>=-]+[ \t]*$",
    re.I | re.M,
)
_THE_END = re.compile(r"\n[ \t]*(#{1,6}|-{2,}|\*{2,})[ \t]*(?:the )?end[ \t]*\1\s*\Z", re.I)
_ALONE = frozenset(["sure", "sure thing", "certainly", "of course", "absolutely", "got it"])


def without_chatter(text: str) -> str:
    """Return ``text`` without what the model says to its user before and after the article."""
    text = _BOUNDS.sub("", _SPEAKERS.sub("", text))
    text = _THE_END.sub("", text)
    stripped = text.strip()
    for _ in range(3):
        head = _FIRST_LINE.match(stripped)
        if not head or not _is_opening(head[0]):
            break
        rest = _RULE_FIRST.sub("", stripped[head.end() :])
        if len(rest.strip()) <= len(head[0]) / 4:
            break
        text = stripped = rest.strip()
    for _ in range(3):
        breaks = list(_TAIL.finditer(stripped, max(0, len(stripped) - 1500)))
        if not breaks:
            break
        tail = stripped[breaks[-1].end() :].strip()
        if len(tail) > 500 or not _is_closing(tail.strip("*_- ")):
            break
        text = stripped = _RULE_LAST.sub("", stripped[: breaks[-1].start()]).rstrip()
    return text


def _is_opening(text: str) -> bool:
    text = text.strip().strip("*_ ")
    if text.startswith("[") and text.endswith("]"):
        return bool(_OPENING.match(text, 1) and _ABOUT.search(text))
    if text.lower().rstrip("!.,") in _ALONE:
        return True
    if _ELSEWHERE.match(text):
        return text.endswith((":", "：")) or (len(text) < 40 and text.endswith(("!", "！", "。")))
    return bool(
        _OPENING.match(text) and text.endswith((":", "!", ".", "…")) and _ABOUT.search(text)
    )


def _is_closing(text: str) -> bool:
    if _CLOSING.match(text):
        return bool(_TO_THE_USER.search(text)) and not _NOT_TO_THE_USER.search(text)
    return len(text) < 200 and bool(
        _CLOSING_ELSEWHERE.match(text) and _ELSEWHERE_TO_THE_USER.search(text)
    )
