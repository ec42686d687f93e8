package io.knit.core.spec;

import static io.knit.core.spec.Field.choice;
import static io.knit.core.spec.Field.number;
import static io.knit.core.spec.Field.text;
import static io.knit.core.spec.Field.texts;

import io.knit.api.model.Constraint;
import io.knit.api.model.Preference;
import java.util.List;

/** What is in a spec of where instances may be: the rows of those records. */
public final class PlaceTables {
    private static final int ENTRIES = 256;
    /** The longest key of a label. */
    static final int KEY = 253;

    /** What a label's key is made of. */
    static final String KEYS = "[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?";

    private static final String VALUES = "values with which `in` and `not_in` compare, 1 to {entries}";

    private static final String OPS = "`=`, `!=`, `in`, `not_in`, `exists`, `not_exists`, `>` or `<`";

    public static final Table<Constraint> CONSTRAINT = Table.of(
            Constraint.class,
            given -> new Constraint(given.text("key"), Constraint.Op.EXISTS, null, List.of()),
            text("key", Constraint::key)
                    .required()
                    .length(KEY)
                    .pattern(KEYS)
                    .doc(
                            "a label's key, or `node.id`, `node.hostname`, `node.os`, `node.arch`, `node.engine`, `mesh.ip`"),
            choice("op", Constraint::op, Constraint.Op.class).required().doc(OPS),
            text("value", Constraint::value)
                    .length(4096)
                    .unlessGiven("not given with `in`, `not_in`, `exists`, `not_exists`")
                    .doc("with what the others compare"),
            texts("values", Constraint::values).entries(ENTRIES).length(4096).doc(VALUES));

    public static final Table<Preference> PREFERENCE = Table.of(
            Preference.class,
            given ->
                    new Preference(given.text("key"), Constraint.Op.EXISTS, null, List.of(), Preference.DEFAULT_WEIGHT),
            text("key", Preference::key).required().length(KEY).pattern(KEYS).doc("as of a constraint"),
            choice("op", Preference::op, Constraint.Op.class).required().doc("as of a constraint"),
            text("value", Preference::value)
                    .length(4096)
                    .unlessGiven("as of a constraint")
                    .doc("as of a constraint"),
            texts("values", Preference::values).entries(ENTRIES).length(4096).doc("as of a constraint"),
            number("weight", Preference::weight, 1, 100).doc("how much it counts among others, {range}"));

    private PlaceTables() {}
}
