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
FAMILIES = Group("families", "学员和家长", (CHANGED, CHANGED_BACK))
