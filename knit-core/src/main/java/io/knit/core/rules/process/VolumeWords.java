package io.knit.core.rules.process;

import io.knit.api.error.ErrorCode;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.VolumeSpec;
import io.knit.core.rules.DestinationRules;
import io.knit.core.template.WholeText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is wrong with folders that outlive their containers. A volume of the engine's own driver can be any folder of the host in disguise. */
public final class VolumeWords {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");
    private static final Pattern DEPLOYMENT = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern DRIVER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_./:@-]{0,63}");
    /** Of a deployment and a volume together where the slot is called by its node: a {@code SlotVolume.key()} has both, and the node's twice. */
    private static final int MOST_NAMES = 126;

    private static final int MOST_OPTIONS = 16;
    private static final int MOST_KEY = 64;
    private static final int MOST_VALUE = 1024;
    private static final Set<String> TYPES = Set.of("nfs", "nfs4", "cifs", "smb3", "tmpfs");
    private static final Pattern PROPAGATION = Pattern.compile("r?(private|slave|shared)");
    private static final Set<String> KNOWN = Set.of("type", "device", "o");
    /** By these a kernel takes a folder of its own, or what is mounted already, whatever the type. */
    private static final Set<String> ELSEWHERE = Set.of(
            "bind",
            "rbind",
            "remount",
            "move",
            "unbindable",
            "runbindable",
            "private",
            "rprivate",
            "shared",
            "rshared",
            "slave",
            "rslave",
            "suid",
            "dev");

    private final List<Fault> faults = new ArrayList<>();
    private final DeploymentSpec spec;
    /** The first of each name, whichever container has it: all of them share the slot's volume. */
    private final Map<String, VolumeSpec> byName = new HashMap<>();

    private VolumeWords(DeploymentSpec spec) {
        this.spec = spec;
    }

    /**
     * Something that is wrong.
     *
     * @param pointer within the spec
     */
    public record Fault(String pointer, ErrorCode code, String words) {}

    /** All that is wrong with a spec's volumes, in their order. */
    public static List<Fault> faults(DeploymentSpec spec) {
        VolumeWords words = new VolumeWords(spec);
        words.container("/volumes", spec.volumes());
        for (int i = 0; i < spec.sidecars().size(); i++) {
            words.container(
                    "/sidecars/" + i + "/volumes", spec.sidecars().get(i).volumes());
        }
        return List.copyOf(words.faults);
    }

    /** What one container mounts of its own. */
    private void container(String pointer, List<VolumeSpec> volumes) {
        for (int i = 0; i < volumes.size(); i++) {
            VolumeSpec volume = volumes.get(i);
            String at = pointer + "/" + i;
            kind(at, volume);
            destination(at + "/destination", volumes.subList(0, i), volume);
            VolumeSpec other = volume.isBound() ? null : byName.putIfAbsent(volume.of() + "/" + volume.name(), volume);
            if (other != null
                    && !(other.driver().equals(volume.driver())
                            && other.options().equals(volume.options()))) {
                add(
                        at + "/name",
                        "volumes: \"" + volume.name()
                                + "\" is given with another driver or other options, too; give the same");
            }
        }
    }

    static boolean isDriver(String name) {
        return DRIVER.matcher(name).matches();
    }

    private void add(String pointer, String words) {
        faults.add(new Fault(pointer, ErrorCode.INVALID_VALUE, words));
    }

    private void kind(String at, VolumeSpec volume) {
        boolean named = !volume.name().isEmpty();
        boolean bound = !volume.bind().isEmpty();
        if (named == bound) {
            add(
                    at,
                    named
                            ? "a volume has name and bind; leave one out"
                            : "a volume has neither name nor bind; give one of them");
        }
        if (bound) {
            folder(at, volume, !named);
        }
        if (named) {
            named(at, volume);
        }
        propagation(at + "/propagation", volume);
        shared(at, volume);
    }

    private void shared(String at, VolumeSpec volume) {
        if (!volume.isShared()) {
            return;
        }
        String of = at + "/of";
        if (!DEPLOYMENT.matcher(volume.of()).matches()) {
            add(of, "of " + quoted(volume.of()) + " is no deployment's name; give 1 to 63 of a-z 0-9 -");
        } else if (volume.isBound()) {
            add(of, "of is for a volume; leave it out, or give name instead of bind");
        } else if (volume.of().equals(spec.name())) {
            add(of, "of is the deployment itself; leave it out: the volume is its own");
        } else if (spec.mode() == Mode.GLOBAL) {
            add(
                    of,
                    "of " + quoted(volume.of())
                            + ": the volume is on one node, and with the mode global it runs on all; leave of out, or take another mode");
        } else if (!volume.driver().equals(VolumeSpec.LOCAL)
                || !volume.options().isEmpty()) {
            add(
                    of,
                    "a volume of another deployment is as that one has it; leave driver and options out, or name the share in both without of");
        }
    }

    private void propagation(String at, VolumeSpec volume) {
        String word = volume.propagation();
        if (!PROPAGATION.matcher(word).matches()) {
            add(
                    at,
                    "propagation " + quoted(word)
                            + " is none; give rslave, slave, rshared, shared, private, or rprivate, which it is unless given");
        } else if (!volume.isBound() && !word.equals(VolumeSpec.RPRIVATE)) {
            add(at, "propagation " + word + " is for a folder of the host; leave it out, or give bind instead of name");
        }
    }

    private void folder(String at, VolumeSpec volume, boolean alone) {
        String fault = BindWords.fault(volume.bind());
        if (fault != null) {
            add(at + "/bind", "bind " + quoted(volume.bind()) + fault);
        }
        if (!alone) {
            return;
        }
        if (!volume.driver().equals(VolumeSpec.LOCAL) || !volume.options().isEmpty()) {
            add(at, "a folder of the host has no driver and no options; leave them out, or give name instead of bind");
        }
    }

    private void named(String at, VolumeSpec volume) {
        if (!NAME.matcher(volume.name()).matches()) {
            add(
                    at + "/name",
                    "name " + quoted(volume.name())
                            + " is no volume's; give 1 to 64 of A-Z a-z 0-9 _ . -, starting with a letter or digit");
        } else if (spec.mode() == Mode.GLOBAL
                && spec.name().length() + volume.name().length() > MOST_NAMES) {
            add(
                    at + "/name",
                    "name " + quoted(volume.name()) + " and the deployment's have more than " + MOST_NAMES
                            + " characters together, more than is kept of a volume with the mode global, with its node's twice; shorten one");
        }
        if (!isDriver(volume.driver())) {
            add(
                    at + "/driver",
                    "driver " + quoted(volume.driver()) + " is no driver's name; give local, or that of a plugin");
        }
        options(at + "/options", volume);
    }

    private void options(String at, VolumeSpec volume) {
        if (volume.options().size() > MOST_OPTIONS) {
            add(at, "options has " + volume.options().size() + " entries; give " + MOST_OPTIONS + " at most");
            return;
        }
        boolean local = volume.driver().equals(VolumeSpec.LOCAL);
        volume.options().forEach((key, value) -> {
            String fault = key.length() > MOST_KEY || value.length() > MOST_VALUE || !isPrintable(key + value)
                    ? " is too long or has control characters; give at most " + MOST_VALUE + " printable ones"
                    : local ? optionFault(volume, key, value) : null;
            if (fault != null) {
                add(at + "/" + escaped(key), "options." + quoted(key) + " " + quoted(value) + fault);
            }
        });
        if (local) {
            if (!volume.options().isEmpty() && !volume.options().containsKey("type")) {
                add(at, "options have no type; give nfs, nfs4, cifs, smb3 or tmpfs");
            }
        }
    }

    private static boolean isPrintable(String text) {
        return text.chars().noneMatch(Character::isISOControl) && WholeText.fault(text) == null;
    }

    private static @Nullable String optionFault(VolumeSpec volume, String key, String value) {
        String type = volume.options().getOrDefault("type", "");
        return switch (key) {
            case "type" ->
                TYPES.contains(value)
                        ? null
                        : " can't be given; give nfs, nfs4, cifs, smb3 or tmpfs, or bind for a folder of the host";
            case "device" ->
                isDevice(type, value)
                        ? null
                        : " is no " + type
                                + " share; give \":/path\" for nfs, \"//host/share\" for cifs, \"tmpfs\" for tmpfs";
            case "o" -> {
                for (String option : value.split(",", -1)) {
                    if (ELSEWHERE.contains(option.strip())) {
                        yield " has " + option.strip()
                                + ", by which it would be a folder of the host; leave it out, or give bind";
                    }
                }
                yield null;
            }
            default ->
                " is none of " + String.join(", ", KNOWN.stream().sorted().toList()) + "; leave it out";
        };
    }

    private static boolean isDevice(String type, String device) {
        return switch (type) {
            case "nfs", "nfs4" -> device.matches("[A-Za-z0-9.\\[\\]:-]*:/.*");
            case "cifs", "smb3" -> device.matches("(//|\\\\\\\\)[^/\\\\].*");
            default -> device.equals("tmpfs");
        };
    }

    private void destination(String at, List<VolumeSpec> before, VolumeSpec volume) {
        String path = volume.destination();
        String fault = volume.isBound() ? DestinationRules.boundFault(path) : DestinationRules.fault(path);
        if (fault != null) {
            add(at, "destination " + quoted(path) + " " + fault);
            return;
        }
        boolean taken = before.stream().anyMatch(it -> it.destination().equals(path))
                || spec.templates().stream().anyMatch(it -> it.destination().equals(path))
                || spec.scratch().tmpfs().stream()
                        .anyMatch(it -> TmpfsWords.path(it).equals(path));
        if (taken) {
            faults.add(new Fault(
                    at,
                    ErrorCode.DUPLICATE_VALUE,
                    "volumes: something is mounted at " + quoted(path) + " already; leave one out"));
        }
        spec.templates().stream()
                .filter(it -> path.startsWith(it.destination() + "/"))
                .findFirst()
                .ifPresent(it -> add(
                        at,
                        "destination " + quoted(path) + " lies below " + it.destination()
                                + ", which is a file of templates; choose another one"));
    }

    private static String escaped(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }

    private static String quoted(String text) {
        String plain = text.replaceAll("[\\p{Cntrl}\\p{Cf}]", "\uFFFD");
        return '"' + (plain.length() <= 60 ? plain : plain.substring(0, 60) + "…") + '"';
    }
}
