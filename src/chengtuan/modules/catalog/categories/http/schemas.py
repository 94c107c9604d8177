"""Categories, for everybody."""

from pydantic import BaseModel

from chengtuan.modules.catalog.categories.rows import CategoryRow
from chengtuan.platform.http.fields import LTextOut


class Category(BaseModel):
    slug: str
    name: LTextOut
    icon_url: str

    @staticmethod
    def of(row: CategoryRow) -> "Category":
        return Category.model_validate(row, from_attributes=True)


class CategoryList(BaseModel):
    items: list[Category]
