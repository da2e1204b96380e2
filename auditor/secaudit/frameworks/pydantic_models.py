"""Builds pydantic objects: given values, defaults, conversion, validators, guards."""

from typing import Any

from secaudit.evaluation.calls import invoke
from secaudit.evaluation.candidates import candidates_of
from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.operators import run
from secaudit.evaluation.paths import path_of
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import (
    ClassData,
    DictData,
    Instance,
    ListData,
    Value,
    plain,
    unknown,
)
from secaudit.facts import Candidate, Unknown
from secaudit.frameworks import pydantic_validators as validators
from secaudit.frameworks.pydantic_coercion import convert, decode, version_1
from secaudit.frameworks.pydantic_fields import (
    Field,
    checks_defaults,
    config_of,
    fields_of,
    is_settings,
    is_version_1,
    populates_by_name,
)
from secaudit.frameworks.pydantic_guards import REFUSALS, note_guard
from secaudit.frameworks.pydantic_nodes import Leaf, Node, as_node, collapse, merge
from secaudit.frameworks.pydantic_texts import ConstraintError, InvalidError
from secaudit.frameworks.pydantic_types import TypeSpec, describe
from secaudit.frameworks.pydantic_unseen import note_unseen, note_unseen_by_model
from secaudit.frameworks.pydantic_values import WRAPPED, as_value, first_leaf, given_from, wrap
from secaudit.frameworks.reading import note_undecodable
from secaudit.frameworks.standard_library import from_plain


class Builder:
    """Builds one object of a pydantic class."""

    def __init__(
        self,
        cls: ClassData,
        call: Call,
        *,
        check_defaults: bool,
        version_1: bool,
        exact: bool = True,
    ) -> None:
        self.cls = cls
        self.call = call
        self.interpreter: Interpreter = call.interpreter
        self.check_defaults = check_defaults
        self.version_1 = version_1
        self.exact = exact  # names of nested fields count in this spelling only
        self.partial = False  # a default object keeps the values that are not given
        self.instance = Instance(cls.name, cls, self.interpreter.level)
        self.instance.state["types"] = {}
        self.instance.state["pydantic"] = True
        self.instance.state["family"] = "pydantic.BaseModel"

    def build(self, nodes: dict[str, Node], names: dict[str, tuple[str, ...]]) -> Instance:
        """Fill the fields from nodes by field name; ``names`` are the variables of each."""
        fields = fields_of(self.interpreter, self.cls)
        nodes, refusals = validators.before_model(self, nodes)
        for name, field in fields.items():
            variables = names.get(name, ())
            value = self._field(field, nodes.get(name), variables)
            self.instance.attributes[name] = value
            self.instance.state["types"][name] = describe(field.spec)
        for refusal in refusals:
            note_guard(self, "", refusal)
        if not refusals:
            note_unseen_by_model(self, fields, nodes)
        validators.after_model(self)
        return self.instance

    def _field(self, field: Field, node: Node | None, variables: tuple[str, ...]) -> Value:
        default = self._default(field)
        if node is None:
            if default is None:
                shown = variables[0] if variables else field.name
                reason = f"{shown} is not given"
                error = f"{reason} and has no default"
                return Value(Unknown(reason), field.place, (), variables, error=error)
            value = default._replace(
                variables=tuple(dict.fromkeys((*variables, *default.variables)))
            )
            if not self._checks_default(field):
                note_unseen(self, field, value)
                return self._wrapped(field.spec, value)
            behind = candidates_of(value, "default") if value.data is not None else ()
            value = value._replace(candidates=behind)
            return self._checked(field, value)
        return self._given(field, node, default, variables)

    def _checks_default(self, field: Field) -> bool:
        if not self.version_1 and field.validate_default is not None:
            return field.validate_default is True
        return self.check_defaults or validators.run_on_default(self, field)

    def _default(self, field: Field) -> Value | None:
        if field.factory is not None:
            empty = self.call._replace(arguments=[], keywords={}, rest=None)
            try:
                return invoke(field.factory, empty)
            except ProgramError as error:
                return unknown(f"the default factory raises {error.kind}", field.place)
        return field.default

    def _given(
        self, field: Field, node: Node, default: Value | None, variables: tuple[str, ...]
    ) -> Value:
        behind = (
            () if default is None or default.data is None else candidates_of(default, "default")
        )
        if self.partial and default is not None and isinstance(default.data, Instance):
            node = merge(node, as_node(default)) if "types" in default.data.state else node
        if isinstance(node, dict):
            return self._nested(field, node, variables)
        used = tuple(dict.fromkeys((node.variable, *variables) if node.variable else variables))
        if isinstance(node.data, Value):  # an argument of the constructor
            value = node.data
            own = candidates_of(value, "argument")
            value = value._replace(candidates=(*own, *node.candidates, *behind), variables=used)
            return self._checked(field, value)
        first = tuple(one._replace(value=node.data) for one in node.candidates[:1])
        candidates = (*first, *node.candidates[1:])
        place = field.place
        data = from_plain(self.interpreter, node.data, place).data
        value = Value(data, place, (*candidates, *behind), used, error=node.error)
        if node.error is not None:
            note_undecodable(self.interpreter, value, describe(field.spec), node.error)
            return value
        return self._checked(field, value)

    def _nested(self, field: Field, node: dict[str, Node], variables: tuple[str, ...]) -> Value:
        members = field.spec.items if field.spec.kind == "union" else (field.spec,)
        for spec in members:
            if spec.kind == "model" and spec.cls is not None:
                return Value(
                    build_nested(spec.cls, node, self.call, exact=self.exact),
                    field.place,
                    (),
                    variables,
                )
        data = collapse(node)
        leaf = first_leaf(node)
        candidates = () if leaf is None else (leaf.candidates[0]._replace(value=data),)
        inner = from_plain(self.interpreter, data, field.place).data
        value = self._checked(field, Value(inner, field.place, candidates, variables))
        return value._replace(data=given_from(value.data, candidates, variables))

    def checked(self, field: Field, value: Value) -> Value:
        """Run before-validators, conversion and after-validators.

        Raises:
            InvalidError: the value is not of the type, or breaks a constraint.
            ProgramError: a validator refuses it.
        """
        value = validators.run_field(self, field, value, "before")
        value = self._converted(field.spec, value)
        return validators.run_field(self, field, value, "after")

    def _checked(self, field: Field, value: Value) -> Value:
        try:
            return self.checked(field, value)
        except InvalidError as error:
            reason = f"start-up refuses {field.name}: {error}"
            if not isinstance(error, ConstraintError):
                note_undecodable(self.interpreter, value, describe(field.spec), reason)
            return value._replace(data=Unknown(reason), error=reason)
        except ProgramError as error:
            if error.kind not in REFUSALS:
                reason = f"a validator raises {error.kind}"
                return value._replace(data=Unknown(reason), error=reason)
            note_guard(self, field.name, error)
            shown = self._wrapped(field.spec, value)
            return shown._replace(error=f"start-up refuses {field.name}: {error.message}")

    def _converted(self, spec: TypeSpec, value: Value) -> Value:
        data = value.data
        if isinstance(data, Unknown):
            return value
        constrained = self.version_1 and spec.kind == "secret" and spec.constraints
        if constrained and isinstance(data, Instance):  # not of the constrained type
            raise InvalidError("not a text")
        if isinstance(data, Instance) and data.cls is not None and "member" not in data.state:
            return (
                value
                if _accepts_object(spec, data)
                else value._replace(data=Unknown("an object of another class"))
            )
        if isinstance(data, DictData):
            nested = self._model_from(spec, value)
            if nested is not None:
                return nested
        before = plain(value)
        if isinstance(before, Unknown):
            return value
        after = self._convert(spec, before)
        candidates = tuple(
            candidate._replace(value=after if index == 0 else self._again(spec, candidate))
            for index, candidate in enumerate(value.candidates)
        )
        if isinstance(after, Unknown):
            return value._replace(data=after, candidates=candidates)
        same = type(after) is type(before) and after == before
        if same and isinstance(data, ListData | DictData):
            return value._replace(candidates=candidates)
        inner = from_plain(self.interpreter, after, value.place).data
        if isinstance(after, frozenset):
            items = [Value(item, value.place) for item in after]
            inner = self.interpreter.list_value(items, "set", value.place).data
        return self._wrapped(spec, value._replace(data=inner, candidates=candidates))

    def _convert(self, spec: TypeSpec, data: Any) -> Any:  # noqa: ANN401 - plain data
        return convert(version_1(spec) if self.version_1 else spec, data)

    def _again(self, spec: TypeSpec, candidate: Candidate) -> Any:  # noqa: ANN401 - plain data
        """Convert a shadowed candidate as if it were effective."""
        data = candidate.value
        try:
            if spec.complex and isinstance(data, str) and candidate.layer != "default":
                data = decode(data)
            return run(lambda: self._convert(spec, data), None)
        except (InvalidError, ProgramError):
            return Unknown("would be refused")

    def _model_from(self, spec: TypeSpec, value: Value) -> Value | None:
        """Return the model a dictionary is read as."""
        data: DictData = value.data
        for member in spec.items if spec.kind == "union" else (spec,):
            if member.kind == "model" and member.cls is not None:
                nodes: dict[str, Node] = {
                    str(key): Leaf(item, (), "") for key, item in data.items.items()
                }
                return value._replace(data=build_nested(member.cls, nodes, self.call))
        return None

    def _wrapped(self, spec: TypeSpec, value: Value) -> Value:
        """Wrap texts of secret and URL types, and members of enumerations."""
        if spec.kind == "union":
            text = TypeSpec("str") in spec.items  # a text fits it better than a URL
            kept = {"none", "str", "url"} if text else {"none", "str"}
            kinds = [item for item in spec.items if item.kind not in kept]
            spec = kinds[0] if len(kinds) == 1 and isinstance(value.data, str) else spec
        if spec.kind == "path" and isinstance(value.data, str):
            return value._replace(data=path_of(value.data))
        if self.version_1 and spec.kind == "url":
            return value  # a text of a class of its own
        if spec.kind in WRAPPED and isinstance(value.data, str):
            return wrap(WRAPPED[spec.kind], value)
        if spec.kind == "enum" and spec.cls is not None and not isinstance(value.data, Instance):
            from secaudit.frameworks.enumerations import member_of  # noqa: PLC0415 - few are

            made = member_of(spec.cls, plain(value), value.place) if value.known else None
            return value if made is None else value._replace(data=made.data)
        return value


def _accepts_object(spec: TypeSpec, data: Instance) -> bool:
    members = spec.items if spec.kind == "union" else (spec,)
    return any(
        member.kind in {"any", "other"}
        or (member.kind == "model" and data.cls is not None and member.cls in data.cls.lineage())
        for member in members
    )


def build_nested(
    cls: ClassData, nodes: dict[str, Node], call: Call, *, exact: bool = True
) -> Instance:
    """Build a model from nodes of its fields: by alias or name, in any case unless ``exact``."""
    call.interpreter.state.setdefault("built", set()).add(id(cls.node))
    if is_settings(cls):  # it reads its own variables too, behind what it is given
        keywords = {key: as_value(call, node) for key, node in nodes.items()}
        inner = call._replace(arguments=[], keywords=keywords, rest=None)
        made = call.interpreter.libraries.make_instance(cls, inner)
        if made is not None and isinstance(made.data, Instance):
            return made.data
    lowered = {} if exact else {key.lower(): node for key, node in nodes.items()}
    given: dict[str, Node] = {}
    by_name = populates_by_name(config_of(cls))
    for name, field in fields_of(call.interpreter, cls).items():
        keys = [choice[0] for choice in field.choices]
        for key in (*keys, name) if by_name or not keys else keys:
            if name in given:
                break
            if key in nodes:
                given[name] = nodes[key]
            elif key.lower() in lowered:
                given[name] = lowered[key.lower()]
    builder = Builder(
        cls,
        call,
        check_defaults=checks_defaults(cls, config_of(cls)),
        version_1=is_version_1(cls),
        exact=exact,
    )
    return builder.build(given, {})
