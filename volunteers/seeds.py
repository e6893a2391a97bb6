"""The roles every installation needs."""

from volunteers.models import Role

# Sources: domain 1.4 (helpers from 14 years), 2.1 and 2.3 (cleared adults with children), 9.6 rule 8.
ROLES = {
    "lead": {"name": "讲师", "is_lead": True, "minimum_age": 18, "what": "站在前面讲，带着大家一步一步做"},
    "helper": {"name": "助教", "minimum_age": 14, "what": "坐在旁边，陪老人慢慢来"},
    "tutor": {"name": "辅导", "needs_clearance": True, "minimum_age": 18, "what": "陪孩子写作业，看着孩子们的安全"},
    "desk": {"name": "答疑", "minimum_age": 14, "what": "一对一帮老人解决手机上的问题"},
}


def seed_roles() -> dict[str, Role]:
    """Add the roles that are missing; answers all four by code. What an organiser changed stays."""
    known = {role.code: role for role in Role.objects.filter(code__in=ROLES)}
    for code, fields in ROLES.items():
        if code not in known:
            known[code], _ = Role.objects.get_or_create(code=code, defaults=fields)
    return known
