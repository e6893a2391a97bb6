"""The texts to learners and to those who answer for a child, as delivered."""

from people.wordings import Group, Wording

LINES = "张小满：四点半课堂 周三 9月16日 16:30–18:30 停课"
FAMILY = {"称呼": "张爱华"}
WHOM = {"联系人": "陈社工，电话 029-80000000"}

CHANGED = Wording(
    "class-change",
    "上课有变动",
    "{称呼}，您好。{班}有变动：\n{变动}\n原因：{原因}\n有事请找{联系人}。",
    FAMILY | {"班": "四点半课堂", "变动": LINES, "原因": "学校开运动会"} | WHOM,
    ("变动",),
    "停课、改时间、换教室，告诉学员或者家长",
    link="",
)
CHANGED_BACK = Wording(
    "class-change-back",
    "变动取消了",
    "{称呼}，您好。下面的变动取消了，还是按原来的：\n{变动}\n有事请找{联系人}。",
    FAMILY | {"变动": LINES} | WHOM,
    ("变动",),
    "撤销了变动，可是家长已经看到前一条",
    link="",
)
WISH = {"称呼": "王秀英", "想学": "微信视频"}
REQUEST_PLACED = Wording(
    "request-placed",
    "点单排好了",
    "{称呼}，您好！您想学的“{想学}”排好了：{场次}。带上手机就行。",
    WISH | {"场次": "9月19日 周六 09:30，智慧教室"},
    ("场次",),
    "点单里点“复制通知”",
    link="",
    by_hand=True,
)
REQUEST_WAITS = Wording(
    "request-waits",
    "点单还没有位置",
    "{称呼}，您好！您想学的“{想学}”我们记下了。您方便的时间（{方便的时间}）这一周还没有课，"
    "一有位置就给您打电话。换个时间也行，告诉我们就好。",
    WISH | {"方便的时间": "平时上午"},
    ("想学",),
    "七天内没有合适的场次，点单里点“复制回话”",
    link="",
    by_hand=True,
)
FEW_ADULTS = Wording(
    "floor-families",
    "孩子的课可能停",
    "各位家长：{时间} 的{班}，能来的老师不够，可能停课。我们正在找人，开不开请等通知。给您添麻烦了。",
    {"时间": "周三 9月16日 16:30", "班": "四点半课堂"},
    ("时间",),
    "大人不够的时候，复制到家长群",
    link="",
    to_group=True,
    by_hand=True,
)
FAMILIES = Group("families", "学员和家长", (CHANGED, CHANGED_BACK, FEW_ADULTS, REQUEST_PLACED, REQUEST_WAITS))
