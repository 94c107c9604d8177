from chengtuan.kernel.problems import Problem


class AddressNotFound(Problem):
    code = "accounts/address-not-found"
    status = 404
    title = "This person has no such address"


class ProvinceMismatch(Problem):
    code = "accounts/province-mismatch"
    status = 422
    title = "The address names another province than its code"
    members = {"province_code": str, "named": str}


class BadLogin(Problem):
    code = "accounts/bad-login"
    status = 422
    title = "A login has 2 to 60 letters a to z, Chinese characters, figures or signs of . _ @ - and no spaces"


class LoginTaken(Problem):
    code = "accounts/login-taken"
    status = 409
    title = "Another member of staff already has this login"


class RolesDoNotFit(Problem):
    code = "accounts/roles-do-not-fit"
    status = 422
    title = "A member of staff has roles of the platform and no merchant, or roles of a merchant and this merchant"


class StaffNotFound(Problem):
    code = "accounts/staff-not-found"
    status = 404
    title = "There is no such member of staff"


class WeakPassword(Problem):
    code = "accounts/weak-password"
    status = 422
    title = "A password of staff has 10 to 200 characters"
