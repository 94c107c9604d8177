"""A picture that was uploaded."""

from pydantic import BaseModel

from chengtuan.modules.catalog.pictures.rules.picture import Picture


class Media(BaseModel):
    """A kept picture; sizes in pixels."""

    url: str
    width: int
    height: int

    @staticmethod
    def of(url: str, picture: Picture) -> "Media":
        return Media(url=url, width=picture.width, height=picture.height)
