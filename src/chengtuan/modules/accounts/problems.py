"""Problems of signing in and of one's own data; other modules never see them."""

from chengtuan.kernel.problems import Problem


class BadPhone(Problem):
    code = "accounts/bad-phone"
    status = 422
    title = "This is no mobile number of mainland China, Hong Kong, Macao or Taiwan"


class WrongCode(Problem):
    code = "accounts/wrong-code"
    status = 401
    title = "The code is wrong"
    members = {"attempts_left": int}


class CodeExpired(Problem):
    code = "accounts/code-expired"
    status = 401
    title = "The code is no longer valid; ask for a new one"


class WechatRefused(Problem):
    code = "accounts/wechat-refused"
    status = 401
    title = "WeChat does not accept this code; start again"


class PhoneTaken(Problem):
    """`claim` is for `POST /me/union`: the other account, shown by its face, can become one with this one."""

    code = "accounts/phone-taken"
    status = 409
    title = "This phone belongs to another account, which can be united with this one"
    members = {"claim": str, "nickname": str, "avatar": str, "phone_masked": str}


class PhoneOfAnotherWechat(Problem):
    code = "accounts/phone-of-another-wechat"
    status = 409
    title = "This phone belongs to an account of another WeChat user; give that one another phone first"


class UnionExpired(Problem):
    code = "accounts/union-expired"
    status = 409
    title = "The phone was proven too long ago, or has moved on; prove it again"


class BadNicknameChosen(Problem):
    code = "accounts/bad-nickname"
    status = 422
    title = "A nickname has 1 to 24 characters that can be shown"


class BadRegion(Problem):
    code = "accounts/bad-region"
    status = 422
    title = "The province code is not one of GB/T 2260"


class AddressChanged(Problem):
    code = "accounts/address-changed"
    status = 409
    title = "The address was changed in another place since it was read"
    members = {"version": int}


class TooManyAddresses(Problem):
    code = "accounts/too-many-addresses"
    status = 409
    title = "The address book is full"
    members = {"limit": int}


class WrongPassword(Problem):
    code = "accounts/wrong-password"
    status = 401
    title = "The login or the password is wrong"


class FirstPasswordExpired(Problem):
    code = "accounts/first-password-expired"
    status = 401
    title = "This first password was not used in time; ask for another one"


class CurrentPasswordWrong(Problem):
    code = "accounts/current-password-wrong"
    status = 422
    title = "The current password is another one"


class SamePassword(Problem):
    code = "accounts/same-password"
    status = 422
    title = "The new password is the one that there is already"


class NotOneself(Problem):
    code = "accounts/not-oneself"
    status = 409
    title = "Nobody changes their own roles or shuts themselves out; somebody else has to do that"


class BeyondOwnPermissions(Problem):
    code = "accounts/beyond-own-permissions"
    status = 403
    title = "Nobody gives permissions that they do not have, or manages somebody who has more"


class StaffChanged(Problem):
    code = "accounts/staff-changed"
    status = 409
    title = "This member of staff was changed in another place since they were read"
    members = {"version": int}


class ProofNeeded(Problem):
    code = "accounts/proof-needed"
    status = 428
    title = "Too many tries from here: this device has to do some work first, and send it with the next one"
    members = {"challenge": str, "bits": int}
