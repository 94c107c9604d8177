from chengtuan.kernel.problems import Problem


class AddressNotFound(Problem):
    code = "accounts/address-not-found"
    status = 404
    title = "This person has no such address"


class LoginTaken(Problem):
    code = "accounts/login-taken"
    status = 409
    title = "Another member of staff already has this login"
