"""`yuanli users`: accounts from the shell of the machine."""

from __future__ import annotations

from typing import Annotated

import typer

from yuanli.cli import opening
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import OUT, print_json, print_json_lines, print_table, said
from yuanli.errors import Text
from yuanli.operations import Role

app = typer.Typer(no_args_is_help=True, help="Who may do what. 用户与角色。")
Username = Annotated[str, typer.Argument(help="User name. 用户名。")]
Password = Annotated[
    str,
    typer.Option(
        "--password", prompt=True, confirmation_prompt=True, hide_input=True, help="Password. 密码。"
    ),
]


@app.command("list")
def list_users(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List the users. 列出用户。

    Example: yuanli users list
    """
    users = opening.house(data_dir).accounts.users()
    if as_json:
        print_json_lines(users)
        return
    headers = (Text("用户", "User"), Text("角色", "Role"), Text("停用", "Disabled"))
    print_table(headers, ((user.username, user.role, "✓" if user.disabled else "") for user in users))


@app.command("add")
def add(
    username: Username,
    password: Password,
    role: Annotated[Role, typer.Option("--role", help="admin, operator, member. 角色。")] = Role.MEMBER,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Add a user. 添加用户。

    Example: yuanli users add li --role operator
    """
    account = opening.house(data_dir).accounts.add_user(username, password, role)
    _done(account, Text(f"已添加 {username}。", f"Added {username}."), as_json=as_json)


@app.command("password")
def password(
    username: Username, password: Password, as_json: AsJson = False, data_dir: DataDir = None
) -> None:
    """Set a password, also the administrator's when it was lost. 重设密码。

    Example: yuanli users password admin
    """
    account = opening.house(data_dir).accounts.change_user(username, password=password)
    _done(account, Text(f"已重设 {username} 的密码。", f"Set the password of {username}."), as_json=as_json)


@app.command("remove")
def remove(username: Username, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Remove a user. 删除用户。

    Example: yuanli users remove li
    """
    opening.house(data_dir).accounts.remove_user(username)
    _done({"removed": username}, Text(f"已删除 {username}。", f"Removed {username}."), as_json=as_json)


def _done(value: object, text: Text, *, as_json: bool) -> None:
    if as_json:
        print_json(value)
    else:
        OUT.print(said(text), markup=False)
