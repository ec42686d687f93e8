package io.knit.core.spec;

import static io.knit.core.spec.Field.objects;
import static io.knit.core.spec.Field.text;
import static io.knit.core.spec.Field.textMap;
import static io.knit.core.spec.Field.texts;

import io.knit.api.model.SidecarSpec;
import java.util.List;
import java.util.Map;

/** What is in a spec of a container that runs as long as the main one does. */
public final class SidecarTable {
    private static final String WHO = "[A-Za-z0-9_][A-Za-z0-9_.-]*";

    public static final Table<SidecarSpec> SIDECAR = Table.of(
            SidecarSpec.class,
            given -> SidecarSpec.of(given.text("name"), given.text("image")),
            text("name", SidecarSpec::name)
                    .required()
                    .length(63)
                    .pattern("(?!main$)[a-z0-9]([a-z0-9-]*[a-z0-9])?")
                    .doc(
                            "its own in the deployment, also among `init_containers`: 1–{length} of `a-z 0-9 -`, not beginning or ending with `-`, and not `main`"),
            text("image", SidecarSpec::image)
                    .required()
                    .doc(
                            "as the spec's, and fetched by its `pull`; which image a tag is, each node finds out for itself"),
            texts("entrypoint", SidecarSpec::entrypoint)
                    .entries(256)
                    .length(32 * 1024)
                    .unset(List.of())
                    .unlessGiven("`command`, else the image's")
                    .doc("replaces the entrypoint, with `command` and `args` as its arguments"),
            texts("command", SidecarSpec::command)
                    .entries(256)
                    .length(32 * 1024)
                    .unset(List.of())
                    .unlessGiven("the image's")
                    .doc("replaces the image's entrypoint"),
            texts("args", SidecarSpec::args)
                    .entries(256)
                    .length(32 * 1024)
                    .unset(List.of())
                    .unlessGiven("the image's")
                    .doc("replaces the image's command"),
            textMap("env", SidecarSpec::env)
                    .confidential()
                    .entries(256)
                    .keys(256, "[^=\\x00-\\x20\\x7f]+")
                    .length(32 * 1024)
                    .unset(Map.of())
                    .unlessGiven("none: it has nothing of the spec's `env`")
                    .doc("its environment"),
            text("user", SidecarSpec::user)
                    .length(128)
                    .pattern("(" + WHO + "(:" + WHO + ")?)?")
                    .unset("")
                    .unlessGiven("the image's")
                    .doc("who its process is: a name or number, perhaps with `:` and a group's"),
            text("workdir", SidecarSpec::workdir)
                    .length(4096)
                    .unset("")
                    .unlessGiven("the image's")
                    .doc("absolute path in the container in which it starts"),
            objects("volumes", SidecarSpec::volumes, VolumeTable.VOLUME)
                    .entries(32)
                    .since("sidecars.volumes")
                    .doc(
                            "[volumes of its own](process.md#volumes-of-a-sidecar), as the spec's `volumes` and beside them; it does not see what the main container has at the same paths; at most {entries}"),
            text("platform", SidecarSpec::platform)
                    .length(64)
                    .pattern(ProcessTables.PLATFORM)
                    .unset("")
                    .unlessGiven("as the node's engine chooses")
                    .since("platform")
                    .doc("[the platform](spec.md#platforms) that its image is for, as the spec's `platform`"
                            + " and beside it"));

    private SidecarTable() {}
}
