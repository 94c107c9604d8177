from chengtuan.kernel.problems import Problem


class UnknownTemplate(Problem):
    code = "messaging/unknown-template"
    status = 422
    title = "There is no such message template"
    members = {"template_ids": list}
