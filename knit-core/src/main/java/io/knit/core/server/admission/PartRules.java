package io.knit.core.server.admission;

import static io.knit.api.error.ErrorCode.DUPLICATE_VALUE;
import static io.knit.api.error.ErrorCode.INVALID_VALUE;
import static io.knit.api.error.ErrorCode.TOO_LARGE;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PartSpec;
import io.knit.api.model.SidecarSpec;
import io.knit.core.rules.ImageReference;
import io.knit.core.spec.FieldLimits;
import io.knit.core.spec.PartTable;
import io.knit.core.spec.SpecTable;
import io.knit.core.template.WholeText;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What runs beside a main container, or before it. */
final class PartRules {
    private static final String INIT = "init_containers";
    private static final String SIDECARS = "sidecars";

    private final Refusals refusals;

    private PartRules(Refusals refusals) {
        this.refusals = refusals;
    }

    static void check(DeploymentSpec spec, Refusals refusals) {
        PartRules rules = new PartRules(refusals);
        Set<String> names = new HashSet<>();
        rules.check(INIT, "an init container", spec.initContainers(), names);
        rules.check(
                SIDECARS,
                "a sidecar",
                spec.sidecars().stream().map(PartRules::alike).toList(),
                names);
    }

    /** What is right of the one is right of the other. */
    private static PartSpec alike(SidecarSpec sidecar) {
        return new PartSpec(
                sidecar.name(),
                sidecar.image(),
                sidecar.entrypoint(),
                sidecar.command(),
                sidecar.args(),
                sidecar.env(),
                sidecar.user(),
                sidecar.workdir(),
                PartSpec.TIMEOUT,
                sidecar.platform());
    }

    private void check(String field, String what, List<PartSpec> parts, Set<String> names) {
        int most = SpecTable.SPEC.field(field).limits().entries();
        if (parts.size() > most) {
            refusals.add(
                    "/" + field, TOO_LARGE, field + " has " + parts.size() + " entries; give " + most + " at most");
            return;
        }
        for (int i = 0; i < parts.size() && !refusals.full(); i++) {
            check("/" + field + "/" + i, what, parts.get(i), names);
        }
    }

    private void check(String pointer, String what, PartSpec part, Set<String> names) {
        String name = part.name();
        if (!limits("name").has(name) || name.isEmpty()) {
            refuse(
                    pointer + "/name",
                    "name " + Pointers.quoted(name) + " can't be " + what + "'s; give 1 to "
                            + limits("name").length()
                            + " of a-z 0-9 -, starting and ending with a letter or digit, and not main");
        } else if (!names.add(name)) {
            refusals.add(
                    pointer + "/name",
                    DUPLICATE_VALUE,
                    "name " + Pointers.quoted(name)
                            + " is given twice; give each init container and each sidecar a name of its own");
        }
        String fault = ImageReference.fault(part.image());
        if (fault != null) {
            refuse(pointer + "/image", "image " + Pointers.quoted(part.image()) + " " + fault);
        }
        Admission.words(pointer + "/entrypoint", "entrypoint", part.entrypoint(), limits("entrypoint"), refusals);
        Admission.words(pointer + "/command", "command", part.command(), limits("command"), refusals);
        Admission.words(pointer + "/args", "args", part.args(), limits("args"), refusals);
        Admission.env(pointer + "/env", part.env(), limits("env"), refusals);
        if (!limits("user").has(part.user())) {
            refuse(pointer + "/user", "user " + Pointers.quoted(part.user()) + ProcessRules.PERSON);
        }
        workdir(pointer + "/workdir", part.workdir());
        ProcessRules.platform(pointer + "/platform", part.platform(), refusals);
    }

    private void workdir(String pointer, String path) {
        if (!path.isEmpty() && !path.startsWith("/")) {
            refuse(pointer, "workdir " + Pointers.quoted(path) + " is not absolute; start it with /");
        } else if (!limits("workdir").has(path)
                || path.chars().anyMatch(c -> c < ' ' || c == 0x7f)
                || WholeText.fault(path) != null) {
            refuse(
                    pointer,
                    "workdir " + Pointers.quoted(path) + " can't be a path; give at most "
                            + limits("workdir").length() + " characters without control characters");
        }
    }

    private void refuse(String pointer, String words) {
        refusals.add(pointer, INVALID_VALUE, words);
    }

    private static FieldLimits limits(String field) {
        return PartTable.PART.field(field).limits();
    }
}
