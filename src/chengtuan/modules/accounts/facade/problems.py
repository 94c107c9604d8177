from chengtuan.kernel.problems import Problem


class AddressNotFound(Problem):
    code = "accounts/address-not-found"
    status = 404
    title = "This person has no such address"


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
    title = "No member of staff has this login"


class WeakPassword(Problem):
    code = "accounts/weak-password"
    status = 422
    title = "A password of staff has 10 to 200 characters"
