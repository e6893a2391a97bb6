"""What columns may mean, per kind of sheet: the synonyms organisers use.

`weight` says how much a meaning tells about the kind of sheet: a sheet with 手机品牌 is about
seniors, one with 姓名 may be anything.
"""

from collections.abc import Callable
from dataclasses import dataclass

from . import looks
from .sheet import Kind


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning of a column, the headings that say it and the values that confirm it."""

    key: str
    words: str
    weight: float = 1.0
    looks: Callable[[str], bool] | None = None
    never: str = ""
    many: bool = False
    by_value: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """The meanings of one kind of sheet; each group of `needs` wants one column at least."""

    meanings: tuple[Meaning, ...]
    needs: tuple[str, ...]
    hints: str = ""


NOT_THEIR_OWN = "监护 家长 家属 家人 子女 紧急 登记 推荐 负责 联系人 父 母 接送 爸 妈"
NAME = Meaning(
    "name",
    "姓名 名字 称呼 学员姓名 志愿者姓名 志愿者 老人姓名 长者姓名 真实姓名 居民姓名 学员 参加人",
    1,
    looks.person,
    NOT_THEIR_OWN + " 班 课",
)
PHONE = Meaning(
    "phone",
    "手机号 手机 电话 联系电话 手机号码 联系方式 电话号码 本人电话 移动电话 微信手机号 联络方式",
    1,
    looks.phone,
    NOT_THEIR_OWN + " 品牌 型号 牌子",
    by_value=looks.filled_phone,
)
GENDER = Meaning("gender", "性别 男女", 0.3, looks.gender, by_value=looks.gender)
BIRTH = Meaning("birth", "出生年月 出生日期 生日 出生 出生年 出生年份 出生年月日", 0.3, looks.date)
REMARK = Meaning("remark", "备注 说明 其他 其它 补充说明 备注信息 其他说明 留言", 0.2)

VOLUNTEERS = Schema(
    (
        NAME,
        PHONE,
        GENDER,
        BIRTH,
        Meaning(
            "organisation",
            "单位 学校 组织 单位学校组织 所属团队 所属组织 所在单位 团队 社团 服务队 所在学校 来自哪里 单位名称 支部 所属单位 工作单位",
            1.5,
        ),
        Meaning("occupation", "身份 职业 人员身份 职业身份 目前身份 状态 就业情况", 1),
        Meaning(
            "availability",
            "哪些时间有空 有空的时间 空闲时间 可服务时间 服务时间 时间 方便的时间 可参加时间 什么时候有空 空余时间 可以来的时间 有空时间 能来的时间 "
            "时间安排 有空 哪天有空 什么时候能来 服务时段 可服务时段",
            3,
            looks.week,
            by_value=looks.week,
        ),
        Meaning("skills", "擅长 特长 技能 会什么 专长 能教什么 可以教什么 服务技能 爱好特长 擅长什么", 2.5),
        Meaning(
            "programmes",
            "愿意参加 参加项目 意向项目 服务项目 想参加 报名项目 项目 愿意参加的项目 想参加哪个 意向",
            3,
            looks.programme,
        ),
        Meaning(
            "max_per_week",
            "每周最多几次 每周次数 每周最多 次数 一周几次 每周可服务次数 最多几次 服务频次 一周最多来几次",
            3,
            looks.count,
        ),
        Meaning("experienced", "是否带过 带过没有 是否有经验 有无经验 服务经验 以前做过吗 经验 是否参加过", 2),
        Meaning(
            "clearance",
            "儿童服务背景查询 背景查询 背景查询有效期 入职查询 违法犯罪查询 查询有效期 无犯罪证明 无犯罪记录 背景审查 从业查询",
            3,
            looks.hopeful_date,
        ),
        Meaning(
            "submitted_at", "提交时间 填表时间 报名时间 提交答卷时间 登记时间 登记日期 时间 填写时间", 1, looks.date
        ),
        REMARK,
    ),
    ("name", "phone availability skills programmes clearance max_per_week"),
    "志愿者 义工 志愿 助教报名",
)
SENIORS = Schema(
    (
        NAME,
        PHONE,
        GENDER,
        BIRTH,
        Meaning("age", "年龄 岁数 周岁 年纪 年龄岁", 1, looks.age),
        Meaning("address", "住址 地址 楼栋 家庭住址 居住地址 住在哪里 楼号 住址楼栋 门牌", 1),
        Meaning("grid", "网格 所属网格 网格号 网格编号 片区", 2),
        Meaning(
            "phone_brand",
            "手机品牌 手机型号 手机牌子 用什么手机 手机类型 品牌 手机机型 什么手机",
            3,
            looks.brand,
            by_value=looks.brand,
        ),
        Meaning(
            "level",
            "会到什么程度 程度 水平 掌握程度 使用水平 手机水平 基础 会用到什么程度 智能手机使用情况 会用程度 用得怎么样 会不会用",
            3,
            looks.level,
            by_value=looks.level,
        ),
        Meaning("needs", "身体情况 身体状况 健康状况 特殊需要 需要照顾 身体 健康情况 特殊需求", 2),
        Meaning("family", "家属 家人 家属姓名 家人姓名 子女 子女姓名 紧急联系人 家属联系人 家庭联系人", 1),
        Meaning(
            "family_phone",
            "家属电话 家人电话 子女电话 紧急联系电话 紧急联系人电话 家属联系电话 家属手机",
            1,
            looks.phone,
        ),
        Meaning("wishes", "想学什么 学习意愿 学习需求 想学内容 想学的 想学 学什么", 3),
        Meaning("enrolled_by", "登记人 谁登记的 代登记人 填表人 报名人 代报人 由谁登记", 2),
        Meaning("series", "班级 班次 报名班级 所在班 分班 上课班级 报名课程 班", 1),
        REMARK,
    ),
    ("name", "phone age phone_brand level wishes grid"),
    "学员 老人 长者 老年 居民 菜鸟学堂",
)
CHILDREN = Schema(
    (
        Meaning(
            "name",
            "孩子姓名 姓名 学生姓名 儿童姓名 宝贝姓名 小朋友姓名 孩子 孩子名字 学生",
            1,
            looks.person,
            NOT_THEIR_OWN + " 接",
        ),
        GENDER,
        BIRTH,
        Meaning("age", "年龄 岁数 周岁", 0.3, looks.age),
        Meaning("school", "学校 就读学校 所在学校 学校名称 哪个学校 在读学校", 1),
        Meaning("grade", "年级班 年级 班级 年级班级 几年级 就读年级 所在班级 年级和班", 3, looks.grade),
        Meaning("release_time", "放学时间 几点放学 学校放学时间 放学", 3, looks.clock),
        Meaning(
            "days", "哪几天来 来的日子 参加日期 周几来 托管时间 星期几来 参加时间 需要哪几天 每周哪几天", 2, looks.week
        ),
        Meaning(
            "guardian_name",
            "监护人 家长 家长姓名 监护人姓名 爸爸姓名 妈妈姓名 父亲姓名 母亲姓名 父亲 母亲 爸爸 妈妈 第一监护人 第二监护人",
            3,
            looks.person,
            "电话 关系 手机 签 联系方式 日期",
            many=True,
        ),
        Meaning(
            "guardian_relation",
            "关系 与孩子关系 和孩子的关系 监护人关系 与儿童关系 家长与孩子关系 亲属关系",
            1,
            looks.relation,
            many=True,
        ),
        Meaning(
            "guardian_phone",
            "电话 联系电话 监护人电话 家长电话 手机 手机号 家长手机 爸爸电话 妈妈电话 父亲电话 母亲电话 联系方式 家长联系方式 监护人手机 监护人联系方式",
            1,
            looks.phone,
            "接",
            many=True,
            by_value=looks.filled_phone,
        ),
        Meaning("pickups", "谁来接 接送人 接孩子的人 可以接的人 接送 由谁接 授权接送人 接送人姓名", 3),
        Meaning(
            "may_leave_alone",
            "可否自己回家 能否自己回家 是否自己回家 自己回家 可以自己走吗 独自离开 自行离开 能不能自己走",
            3,
            looks.yes_no,
        ),
        Meaning("health", "过敏健康 过敏 健康 健康状况 过敏史 疾病过敏 身体情况 健康情况 特殊情况", 1),
        Meaning("photo_consent", "照片同意 拍照同意 是否同意拍照 照片使用 肖像授权 拍照 能不能拍照 照片授权", 2),
        Meaning(
            "consent_on",
            "监护人签字日期 签字日期 同意书日期 家长签字日期 签名日期 签字时间 知情同意日期",
            1.5,
            looks.date,
        ),
        Meaning("hardship", "孩子的困难 困难 家庭情况 家庭困难 家里情况", 1),
        REMARK,
    ),
    ("name", "guardian_name guardian_phone grade release_time pickups"),
    "孩子 儿童 四点半 小朋友 学生报名",
)
TIMETABLE = Schema(
    (
        Meaning("weekday", "星期 周几 星期几 上课日 每周几 上课星期", 2.5, looks.weekday),
        Meaning("time", "时间 上课时间 时段 时间段 起止时间", 1, looks.clock),
        Meaning("starts", "开始 开始时间 上课 起", 1, looks.clock),
        Meaning("ends", "结束 结束时间 下课 下课时间 止", 1, looks.clock),
        Meaning("name", "课程 班名 课程名称 班次 班级 课名 活动名称 课程班级 内容", 2),
        Meaning("room", "教室 场地 地点 上课地点 活动室", 1.5),
        Meaning("capacity", "人数 名额 容量 限额 招生人数 学员人数 可报人数", 1, looks.number),
        Meaning("leads", "讲师 主讲 讲师人数 老师", 1),
        Meaning("helpers", "助教 助教人数 志愿者 志愿者人数 需要助教 需要志愿者", 1),
        REMARK,
    ),
    ("weekday", "name", "time starts"),
    "课表 课程安排 课程表",
)
ROOMS = Schema(
    (
        Meaning("name", "场地 教室 房间 活动室 名称 场地名称 教室名称 场所", 1.5),
        Meaning("floor", "楼层 层 几楼 所在楼层 位置", 2, looks.floor),
        Meaning("seats", "座位 座位数 容纳人数 可容纳 容量 人数 几个座位 最多人数", 2, looks.number),
        Meaning("has_lift", "电梯 有无电梯 是否有电梯 有没有电梯 无障碍电梯", 3, looks.yes_no),
        Meaning("equipment", "设备 设施 配备 设备情况 有什么设备", 2),
        Meaning("open", "能用的时间 开放时间 可用时间 使用时间 可使用时间 时间", 2),
        REMARK,
    ),
    ("name", "seats floor has_lift"),
    "场地 教室一览",
)
ATTENDANCE = Schema(
    (
        Meaning("on", "日期 活动日期 上课日期 服务日期", 1.5, looks.date),
        Meaning("series", "班次 班级 课程 班 活动 项目 活动名称", 1.5),
        Meaning("person", "姓名 志愿者 志愿者姓名 学员 名字 人员", 1, looks.person),
        Meaning("arrived", "签到 签到时间 到达 到达时间 到岗 到岗时间 来的时间", 3, looks.clock),
        Meaning("left", "签退 签退时间 离开 离开时间 离岗 离岗时间 走的时间", 3, looks.clock),
        Meaning("note", "备注 说明 情况 其他", 0.2),
    ),
    ("person", "arrived left", "on"),
    "签到 出勤 考勤",
)
SCHEMAS: dict[Kind, Schema] = {
    "volunteers": VOLUNTEERS,
    "seniors": SENIORS,
    "children": CHILDREN,
    "timetable": TIMETABLE,
    "rooms": ROOMS,
    "attendance": ATTENDANCE,
}
# Columns that must not be kept at all: numbers we do not need, and labels put on people.
FORBIDDEN = (
    "身份证",
    "证件号",
    "银行卡",
    "卡号",
    "管控",
    "低保",
    "贫困",
    "建档立卡",
    "残疾",
    "人员类别",
    "前科",
    "信访",
)
ORDINAL = ("序号", "编号", "序", "号", "no", "no.", "id", "#", "行号", "序列号")
