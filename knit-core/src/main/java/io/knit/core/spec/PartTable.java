package io.knit.core.spec;

import static io.knit.core.spec.Field.duration;
import static io.knit.core.spec.Field.text;
import static io.knit.core.spec.Field.textMap;
import static io.knit.core.spec.Field.texts;

import io.knit.api.model.PartSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What is in a spec of a container of an instance beside its main one. */
public final class PartTable {
    private static final String WHO = "[A-Za-z0-9_][A-Za-z0-9_.-]*";

    public static final Table<PartSpec> PART = Table.of(
            PartSpec.class,
            given -> PartSpec.of(given.text("name"), given.text("image")),
            text("name", PartSpec::name)
                    .required()
                    .length(63)
                    .pattern("(?!main$)[a-z0-9]([a-z0-9-]*[a-z0-9])?")
                    .doc(
                            "its own in the deployment: 1–{length} of `a-z 0-9 -`, not beginning or ending with `-`, and not `main`"),
            text("image", PartSpec::image)
                    .required()
                    .doc(
                            "as the spec's, and fetched by its `pull`; which image a tag is, each node finds out for itself"),
            texts("entrypoint", PartSpec::entrypoint)
                    .entries(256)
                    .length(32 * 1024)
                    .unset(List.of())
                    .unlessGiven("`command`, else the image's")
                    .doc("replaces the entrypoint, with `command` and `args` as its arguments"),
            texts("command", PartSpec::command)
                    .entries(256)
                    .length(32 * 1024)
                    .unset(List.of())
                    .unlessGiven("the image's")
                    .doc("replaces the image's entrypoint"),
            texts("args", PartSpec::args)
                    .entries(256)
                    .length(32 * 1024)
                    .unset(List.of())
                    .unlessGiven("the image's")
                    .doc("replaces the image's command"),
            textMap("env", PartSpec::env)
                    .confidential()
                    .entries(256)
                    .keys(256, "[^=\\x00-\\x20\\x7f]+")
                    .length(32 * 1024)
                    .unset(Map.of())
                    .unlessGiven("none: it has nothing of the spec's `env`")
                    .doc("its environment"),
            text("user", PartSpec::user)
                    .length(128)
                    .pattern("(" + WHO + "(:" + WHO + ")?)?")
                    .unset("")
                    .unlessGiven("the image's")
                    .doc("who its process is: a name or number, perhaps with `:` and a group's"),
            text("workdir", PartSpec::workdir)
                    .length(4096)
                    .unset("")
                    .unlessGiven("the image's")
                    .doc("absolute path in the container in which it starts"),
            duration("timeout", PartSpec::timeout, Duration.ofSeconds(1), Duration.ofHours(24))
                    .doc("one that runs for so long is stopped and has failed, {range}"),
            text("platform", PartSpec::platform)
                    .length(64)
                    .pattern(ProcessTables.PLATFORM)
                    .unset("")
                    .unlessGiven("as the node's engine chooses")
                    .since("platform")
                    .doc("[the platform](spec.md#platforms) that its image is for, as the spec's `platform`"
                            + " and beside it"));

    private PartTable() {}
}
