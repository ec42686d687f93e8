package io.knit.core.spec;

import static io.knit.core.spec.Field.number;
import static io.knit.core.spec.Field.text;

import io.knit.api.model.EnvSource;
import io.knit.api.model.SecretMount;

/** What a spec reads of variables, secrets and files that the server keeps: the rows of those records. */
public final class ValueTables {
    private static final int NAME = 128;
    /** As the server takes it of a variable, secret or file. */
    private static final String NAMES = "[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?";

    /** Rights of a file. */
    static final String MODE = "0?[0-7]{3}";

    private static final String OR_NONE = "(?:" + NAMES + ")?";

    public static final Table<SecretMount> SECRET = Table.of(
            SecretMount.class,
            given -> SecretMount.of(given.text("name")),
            text("name", SecretMount::name)
                    .required()
                    .length(NAME)
                    .pattern(NAMES)
                    .doc("of a [secret](values.md) that is set"),
            text("target", SecretMount::target)
                    .length(4096)
                    .unset("")
                    .unlessGiven("the secret's name")
                    .doc("a file's name below `/run/secrets`, or an absolute path"),
            text("mode", SecretMount::mode).length(4).pattern(MODE).doc("who may read it, in octal digits"),
            number("uid", SecretMount::uid, 0, Integer.MAX_VALUE).doc("number of its owner, {range}"),
            number("gid", SecretMount::gid, 0, Integer.MAX_VALUE).doc("number of its group, {range}"));

    public static final Table<EnvSource> ENV = Table.of(
            EnvSource.class,
            given -> new EnvSource("", "", "", ""),
            text("var", EnvSource::var)
                    .length(NAME)
                    .pattern(OR_NONE)
                    .unset("")
                    .unlessGiven("another is given")
                    .doc("name of a [variable](values.md) that is set. One of `var`, `secret` and `file` is given"),
            text("secret", EnvSource::secret)
                    .length(NAME)
                    .pattern(OR_NONE)
                    .unset("")
                    .unlessGiven("another is given")
                    .doc(
                            "name of a [secret](values.md) that is set. Who may ask the node's engine sees it: where the program can read a file, `secrets` is better"),
            text("file", EnvSource::file)
                    .length(NAME)
                    .pattern(OR_NONE)
                    .unset("")
                    .unlessGiven("another is given")
                    .doc("name of a [file](values.md) that is set"),
            text("env", EnvSource::env)
                    .length(256)
                    .pattern("[^=\\x00-\\x20\\x7f]*")
                    .unset("")
                    .unlessGiven("of a variable its own name; a secret or file has lines `KEY=value`")
                    .doc("the environment variable that becomes the content"));

    private ValueTables() {}
}
