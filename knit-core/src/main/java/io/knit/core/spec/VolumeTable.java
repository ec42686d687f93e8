package io.knit.core.spec;

import static io.knit.core.spec.Field.flag;
import static io.knit.core.spec.Field.text;
import static io.knit.core.spec.Field.textMap;

import io.knit.api.model.VolumeSpec;
import java.util.Map;

/** What is in a spec of a folder that outlives containers: the rows of that record. */
public final class VolumeTable {
    /** As engines take it of a volume's name. */
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9_.-]*";

    public static final Table<VolumeSpec> VOLUME = Table.of(
            VolumeSpec.class,
            given -> new VolumeSpec("", "", given.text("destination"), false, VolumeSpec.LOCAL, Map.of()),
            text("name", VolumeSpec::name)
                    .length(64)
                    .pattern("(" + NAME + ")?")
                    .unset("")
                    .unlessGiven("`bind` is given")
                    .doc(
                            "of a volume of the slot, which is made on need and kept: 1–{length} of `A-Z a-z 0-9 _ . -`, starting with a letter or digit. Either this or `bind`"),
            text("bind", VolumeSpec::bind)
                    .length(4096)
                    .unset("")
                    .unlessGiven("`name` is given")
                    .doc(
                            "absolute path of a folder or file of the host, which is there and which [its agent allows](process.md#what-a-host-allows)"),
            text("destination", VolumeSpec::destination)
                    .required()
                    .doc(
                            "absolute path in the container, without `..`, outside `/proc`, and unless it is of `bind` outside `/sys` and `/dev`"),
            flag("read_only", VolumeSpec::readOnly).doc("whether the container can't write to it"),
            text("driver", VolumeSpec::driver)
                    .length(64)
                    .pattern("[A-Za-z0-9][A-Za-z0-9_./:@-]*")
                    .doc(
                            "of the engine, for a volume: `local`, or a plugin of the host's that [its agent allows](process.md#what-a-host-allows)"),
            textMap("options", VolumeSpec::options)
                    .confidential("type")
                    .entries(16)
                    .keys(64, "[A-Za-z0-9][A-Za-z0-9_.-]*")
                    .length(1024)
                    .doc(
                            "what the driver is told: of `local` `type` (`nfs`, `nfs4`, `cifs`, `smb3` or `tmpfs`), `device` and `o`"),
            text("propagation", VolumeSpec::propagation)
                    .length(16)
                    .pattern("r?(private|slave|shared)")
                    .unset(VolumeSpec.RPRIVATE)
                    .unlessGiven("`rprivate`")
                    .since("propagation")
                    .doc(
                            "with `bind`, whether [what is mounted later](storage.md#what-is-mounted-later) in it is seen on the other side: `rslave` and `slave`, what its host mounts; `rshared` and `shared`, what the container does, too, which [its agent allows](process.md#what-a-host-allows); `rprivate` and `private`, neither"),
            text("of", VolumeSpec::of)
                    .length(63)
                    .pattern("([a-z0-9]([a-z0-9-]*[a-z0-9])?)?")
                    .unset("")
                    .unlessGiven("its own")
                    .since("volumes.of")
                    .doc(
                            "the deployment whose first slot [has the volume](storage.md#a-volume-of-several-deployments), which this one shares on its node"));

    private VolumeTable() {}
}
