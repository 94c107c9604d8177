"""What `accounts` reads from the environment."""

from pydantic import Field

from chengtuan.gateways.sms.settings import SmsSettings
from chengtuan.gateways.wechat.settings import MiniProgramSettings


class AccountsSettings(MiniProgramSettings, SmsSettings):
    """A partner without its settings counts as not there: its ways of signing in answer 503."""

    sms_codes_per_address: int = Field(default=20, ge=1)
    """Sign-in codes that one network address may ask for in an hour before devices there have to work for more."""
    code_guesses_per_address: int = Field(default=50, ge=1)
    """Codes that may be guessed wrong from one address in a quarter of an hour before devices have to work."""
    staff_attempts_per_login_and_address: int = Field(default=10, ge=1)
    """Wrong passwords for one login from one address in a quarter of an hour before the device has to work."""
    staff_attempts_per_login: int = Field(default=30, ge=1)
    """Wrong passwords for one login from anywhere in a quarter of an hour before unknown devices have to work."""
    staff_attempts_per_address: int = Field(default=50, ge=1)
    """Wrong passwords from one address in a quarter of an hour before unknown devices there have to work."""
    password_memory_kib: int = Field(default=19 * 1024, ge=8)
    """What comparing one password costs whoever guesses, and us: memory, in KiB (argon2id).

    Passwords that are stored already keep the price they were made at.
    """
    password_rounds: int = Field(default=2, ge=1)
    """How often that memory is gone over for one password."""
