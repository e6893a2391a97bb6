"""Names of people, and telling a name from a nickname."""

import re
from dataclasses import dataclass

from .tables import plain

DOTS = str.maketrans(dict.fromkeys("•・‧．∙●", "·"))
HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
FULL_NAME = re.compile(rf"[{HAN}]{{2,4}}|[{HAN}]+(?:·[{HAN}]+)+")
ADDRESS_FORMS = re.compile(
    r"(?:同学|老师|阿姨|叔叔|大爷|大妈|奶奶|爷爷|妈妈|爸爸|姐姐?|哥哥?|姐|哥|总|医生|主任|书记)$"
)
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付"
    "傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关"
    "兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪"
    "简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官"
    "封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云萧"
    "上司诸东皇尉公令"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A cleaned name; `aside` is text in brackets after it; `reason` says what is wrong."""

    name: str = ""
    aside: str = ""
    reason: str = ""


def read_name(text: str) -> Name:
    """A name of 2 to 50 characters without digits. Never raises."""
    text = plain(text).translate(DOTS)
    asides = re.findall(r"[(\[【]([^)\]】]*)[)\]】]", text)
    name = re.sub(r"[(\[【].*", "", text).strip(" ,、;:.*")
    if re.fullmatch(rf"[{HAN}·\s]+", name):
        name = re.sub(r"\s+", "", name)
    name = re.sub(r"\s+", " ", name)
    return Name(name[:50], "、".join(filter(None, asides)), _reason(name))


def is_nickname(name: str) -> bool:
    """Whether it is unlikely to be a full name: 许同学, 小太阳🌞, 阿强."""
    if ADDRESS_FORMS.search(name) and len(name) <= 4:
        return True
    return not FULL_NAME.fullmatch(name) or (name[0] not in SURNAMES and "·" not in name)


def _reason(name: str) -> str:
    if not name:
        return "没有姓名，请补上。"
    if re.search(r"\d", name):
        return f"姓名“{name[:20]}”里有数字，请改成姓名。"
    if len(name) < 2:
        return f"姓名“{name}”只有一个字，请写全名。"
    if len(name) > 50:
        return "姓名超过 50 个字，请核对。"
    if not re.search(rf"[{HAN}A-Za-z]", name):
        return f"“{name[:20]}”不像姓名，请改成姓名。"
    return ""
