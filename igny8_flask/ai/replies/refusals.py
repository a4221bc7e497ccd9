"""How models decline and filters report, as data: one pattern a language, on folded text."""

import re

_REFUSALS = (
    # English
    r"\b(?:i(?:'m| am)|we(?:'re| are)) (?:so |very |really |truly )?(?:sorry|"
    r"afraid)\b.{0,80}\b(?:can ?not|can't|won't|unable|not able|not going to|must decline|"
    r"don't)\b",
    r"\bi (?:can ?not|can't|won't|will not|must decline|am unable|am not able|'m unable|"
    r"'m not able|do not feel comfortable|don't feel comfortable|have to decline|"
    r"decline)\b.{0,60}\b(?:help|assist|comply|fulfil|fulfill|provide|create|generate|"
    r"write|produce|complete|continue|process|do that|do this|support|engage|discuss|"
    r"cluster|to)\b",
    r"\bi(?:'m| am) (?:unable|not able|not allowed|not permitted) to\b",
    r"\bas an? (?:ai|artificial intelligence|language model|"
    r"large language model)\b.{0,80}\b(?:can't|can ?not|unable|not able|won't)\b",
    r"\b(?:sorry|apologies|apologize)\b.{0,60}\b(?:can't|can ?not|unable|won't)\b",
    r"\bi(?:'d| would) (?:rather|prefer) not\b",
    r"\b(?:this|your|that) (?:request|content|prompt|topic)\b.{0,60}\b(?:violates?|"
    r"goes against|is against|not allowed|not permitted|can ?not be (?:processed|"
    r"fulfilled))\b",
    r"\bagainst (?:my|our|openai's|the) (?:guidelines|policy|policies|usage polic)",
    # German
    r"\b(?:es )?tut mir leid\b.{0,120}\b(?:nicht|kein\w*|leider)\b",
    r"\b(?:ich kann|ich darf|kann ich|darf ich|ich werde)\b.{0,80}\b(?:nicht|leider nicht|"
    r"keine?)\b.{0,60}\b(?:helfen|erfüllen|unterstützen|erstellen|schreiben|verfassen|"
    r"liefern|bereitstellen|nachkommen|beantworten|behilflich|dabei|generieren)\b",
    r"\b(?:ich bin|bin ich) (?:leider )?nicht in der lage\b|\bleider kann ich\b.{0,80}\bnicht\b",
    r"\bentschuldigung\b.{0,80}\bnicht\b",
    # French
    r"\b(?:je suis )?(?:désolée?|navrée?)\b.{0,120}\b(?:ne peux|ne puis|pas en mesure|"
    r"impossible|ne suis pas)\b",
    r"\bje ne (?:peux|puis|suis) (?:malheureusement )?pas\b.{0,60}\b(?:aider|répondre|"
    r"créer|fournir|générer|rédiger|écrire|traiter|satisfaire|mesure|autorisée?|produire|"
    r"accéder)",
    # Spanish
    r"\blo (?:siento|lamento)\b.{0,120}\bno (?:puedo|podemos|me es posible|estoy)\b",
    r"\bno (?:puedo|podemos) (?:ayudar|cumplir|proporcionar|generar|crear|escribir|"
    r"asistir|ofrecer|continuar|responder|atender|realizar)",
    r"\blo siento\b.{0,30}\bpero\b",
    # Italian
    r"\b(?:mi dispiace|mi spiace|spiacente)\b.{0,120}\bnon (?:posso|possiamo|"
    r"sono in grado|mi è)\b",
    r"\bnon (?:posso|possiamo|sono in grado di) (?:aiutar|assister|fornir|gener|crear|"
    r"scriver|soddisfar|rispond|elabor|produr)",
    # Portuguese
    r"\b(?:desculpe|desculpa|sinto muito|lamento|peço desculpas?)\b.{0,120}\bnão (?:posso|"
    r"consigo|podemos|é possível|sou capaz)\b",
    r"\bnão (?:posso|consigo|podemos) (?:ajudar|atender|fornecer|gerar|criar|escrever|"
    r"cumprir|responder|auxiliar|realizar|produzir)",
    # Dutch
    r"\b(?:het spijt me|sorry)\b.{0,120}\b(?:kan|mag|ben)\b.{0,40}\b(?:niet|geen)\b",
    r"\bik (?:kan|mag) (?:je |u |hier |helaas )*(?:niet|geen)\b.{0,60}\b(?:helpen|voldoen|"
    r"schrijven|maken|leveren|genereren|verwerken)\b",
    # Polish
    r"\b(?:przykro mi|przepraszam)\b.{0,120}\bnie (?:mogę|jestem w stanie|możemy)\b",
    r"\bnie mogę (?:pomóc|spełnić|wygenerować|napisać|stworzyć|odpowiedzieć)",
    # Scandinavian
    r"\b(?:beklager|jeg beklager|förlåt|tyvärr|desværre|undskyld|"
    r"ledsen)\b.{0,120}\b(?:kan|kunne)\b.{0,40}\b(?:ikke|inte)\b",
    r"\b(?:jag|jeg) kan (?:tyvärr |desværre |dessverre )?(?:inte|ikke) (?:hjälpa|hjælpe|hjelpe)",
    r"\b(?:valitettavasti|olen pahoillani)\b.{0,120}\ben voi\b",
    # Czech, Hungarian, Romanian, Greek, Turkish
    r"\b(?:omlouvám se|je mi líto|bohužel)\b.{0,120}\bne(?:mohu|můžu|mohl)\b",
    r"\b(?:sajnálom|sajnos)\b.{0,120}\bnem (?:tudok|tudom|segíthetek)\b",
    r"\b(?:îmi pare rău|ne pare rău)\b.{0,120}\bnu (?:pot|putem)\b",
    r"(?:λυπάμαι|συγγνώμη).{0,120}δεν μπορώ",
    r"(?:üzgünüm|özür dilerim|maalesef).{0,120}(?:yapamam|edemem|olamam|yardımcı olam|"
    r"veremem|mümkün değil|yazamam|oluşturamam|yerine getirem)",
    # Russian, Ukrainian
    r"(?:извините|простите|к сожалению|мне жаль|сожалею|прошу прощения).{0,120}(?:не могу|"
    r"не смогу|не в состоянии|не можем|невозможно)",
    r"я не (?:могу|смогу) (?:помочь|выполнить|создать|написать|предоставить|ответить|"
    r"сгенерировать)",
    r"(?:вибачте|на жаль|перепрошую).{0,120}(?:не можу|не зможу|не в змозі)",
    # Chinese
    r"(?:抱歉|对不起|對不起|很遗憾|很遺憾|不好意思).{0,80}(?:无法|無法|不能|不可以|没办法|"
    r"沒辦法|不便)",
    r"^(?:我)(?:无法|無法|不能)(?:提供|帮助|協助|协助|完成|满足|滿足|生成|回答|处理|處理|"
    r"为|為|回应)",
    # Japanese
    r"(?:申し訳|すみません|すいません|恐れ入り|残念ながら|"
    r"ごめんなさい).{0,100}(?:できません|出来ません|いたしかね|致しかね|お応えでき|"
    r"お答えでき|対応でき|しかねます|難しい)",
    r"(?:お手伝い|お応え|お答え|対応|ご協力|提供|生成|作成)(?:は|を|する(?:こと)?(?:は|"
    r"が))?(?:でき(?:ません|かねます)|いたしかね|致しかね)",
    # Korean
    r"(?:죄송|미안|유감).{0,120}(?:없습니다|없어요|어렵습니다|불가능|못합니다|드릴 수 없)",
    r"(?:도와드릴|제공할|생성할|작성할|응답할|답변할|처리할) 수 (?:가 )?없(?:습니다|어요)",
    # Arabic, Persian, Hebrew
    r"(?:آسف|عذرا|عذرًا|أعتذر|اعتذر|نأسف|للأسف|معذرة).{0,120}(?:لا (?:أستطيع|استطيع|"
    r"يمكنني|يمكننا|أقدر)|لن أتمكن|غير قادر)",
    r"لا (?:أستطيع|يمكنني|يمكننا) (?:المساعدة|مساعدتك|تقديم|إنشاء|كتابة|تلبية)",
    r"(?:متأسفم|متاسفم|متأسفانه|متاسفانه|ببخشید).{0,120}(?:نمی\s?\u200c?توانم|نمی\s?\u200c?تونم)",
    r"(?:מצטער|סליחה|מתנצל|לצערי).{0,120}(?:לא יכול|לא אוכל|איני יכול|אינני יכול)",
    # Hindi, Indonesian, Malay, Vietnamese, Thai
    r"(?:क्षमा|माफ़|माफ|खेद).{0,120}(?:नहीं|असमर्थ)",
    r"\b(?:maaf|mohon maaf)\b.{0,120}\b(?:tidak (?:dapat|bisa|boleh)|tak (?:boleh|dapat))\b",
    r"(?:xin lỗi|rất tiếc).{0,120}không thể",
    r"(?:ขออภัย|ขอโทษ|เสียใจ).{0,120}ไม่(?:สามารถ|ได้)",
)  # fmt: skip
REFUSED = re.compile("|".join(f"(?:{pattern})" for pattern in _REFUSALS), re.DOTALL)

FILTERED = re.compile(
    r"content[ _]management[ _]policy|response was filtered|content_filter|contentfilter"
    r"|blocked by (?:the |our |a )?(?:content|safety)|(?:content|safety) (?:filter|system) "
    r"|responsibleaipolicyviolation|content_policy_violation|moderation_blocked"
)
