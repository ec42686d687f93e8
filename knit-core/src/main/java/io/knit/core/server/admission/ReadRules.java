package io.knit.core.server.admission;

import static io.knit.api.error.ErrorCode.DUPLICATE_VALUE;
import static io.knit.api.error.ErrorCode.INVALID_VALUE;
import static io.knit.api.error.ErrorCode.TOO_LARGE;

import io.knit.api.command.Value;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.EnvSource;
import io.knit.api.model.SecretMount;
import io.knit.api.model.TemplateSpec;
import io.knit.api.model.VolumeSpec;
import io.knit.core.rules.DestinationRules;
import io.knit.core.rules.EnvironmentLines;
import io.knit.core.rules.process.TmpfsWords;
import io.knit.core.spec.ContainerTables;
import io.knit.core.spec.FieldLimits;
import io.knit.core.spec.Reads;
import io.knit.core.spec.SpecTable;
import io.knit.core.spec.ValueTables;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a spec reads of variables, secrets and files. Whether these are there is not known here. */
final class ReadRules {
    private static final String NAME =
            " is no name of a variable, secret or file; give 1 to 128 of A-Z a-z 0-9 . _ -, starting and ending with a letter or digit";

    private final Refusals refusals;

    private ReadRules(Refusals refusals) {
        this.refusals = refusals;
    }

    static void check(DeploymentSpec spec, Refusals refusals) {
        ReadRules rules = new ReadRules(refusals);
        for (int i = 0; i < spec.templates().size() && !refusals.full(); i++) {
            rules.template("/templates/" + i, spec.templates().get(i));
        }
        if (rules.areFew("env_from", spec.envFrom().size())) {
            for (int i = 0; i < spec.envFrom().size() && !refusals.full(); i++) {
                rules.env("/env_from/" + i, spec.envFrom().get(i));
            }
        }
        if (rules.areFew("secrets", spec.secrets().size())) {
            rules.secrets(spec);
            rules.nested(spec);
        }
    }

    /** Nothing can be mounted below a file. What volumes are below one of templates is looked at with them. */
    private void nested(DeploymentSpec spec) {
        Set<String> files = new HashSet<>();
        spec.secrets().forEach(secret -> files.add(secret.path()));
        volumes("", spec.volumes(), files);
        for (int i = 0; i < spec.sidecars().size(); i++) {
            volumes("/sidecars/" + i, spec.sidecars().get(i).volumes(), files);
        }
        spec.templates().forEach(template -> files.add(template.destination()));
        for (int i = 0; i < spec.templates().size(); i++) {
            String path = spec.templates().get(i).destination();
            below("/templates/" + i + "/destination", "destination", path, files);
        }
        for (int i = 0; i < spec.secrets().size(); i++) {
            below("/secrets/" + i + "/target", "target", spec.secrets().get(i).path(), files);
        }
        for (int i = 0; i < spec.scratch().tmpfs().size(); i++) {
            String path = TmpfsWords.path(spec.scratch().tmpfs().get(i));
            below("/tmpfs/" + i, "tmpfs:", path, files);
        }
    }

    private void volumes(String of, List<VolumeSpec> volumes, Set<String> files) {
        for (int i = 0; i < volumes.size(); i++) {
            below(
                    of + "/volumes/" + i + "/destination",
                    "destination",
                    volumes.get(i).destination(),
                    files);
        }
    }

    private void below(String pointer, String field, String path, Set<String> files) {
        for (int end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
            String above = path.substring(0, end);
            if (files.contains(above)) {
                refusals.add(
                        pointer,
                        INVALID_VALUE,
                        field + " " + Pointers.quoted(path) + " lies below " + above
                                + ", which is a file; choose another one");
                return;
            }
        }
    }

    /** What a template reads by a name that nothing can be set by, would be waited for in vain. */
    static void names(String pointer, TemplateSpec template, Refusals refusals) {
        for (String at : Reads.ofTemplate(template)) {
            String kind = at.substring(0, at.indexOf('/'));
            String name = at.substring(at.indexOf('/') + 1);
            if (!ValueTables.ENV.field(kind).limits().has(name) || name.isEmpty()) {
                refusals.add(pointer, INVALID_VALUE, kind + " " + Pointers.quoted(name) + NAME);
            }
        }
    }

    /** What a template becomes, or a file holds, that is environment: its lines, where they are known before there is an instance. */
    static void lines(String pointer, TemplateSpec template, String text, String words, Refusals refusals) {
        int wrong = template.env() ? EnvironmentLines.wrong(text) : 0;
        if (wrong > 0) {
            refusals.add(
                    pointer,
                    INVALID_VALUE,
                    "line " + wrong + " of " + words + " is no KEY=value; mend it, or leave out env");
        }
    }

    /** Files that are environment line by line. One that is not there is refused by whoever pins its version. */
    static void lines(List<EnvSource> sources, SourceFiles files, Refusals refusals) {
        for (int i = 0; i < sources.size() && !refusals.full(); i++) {
            EnvSource source = sources.get(i);
            boolean whole = source.file().isEmpty() || !source.env().isEmpty();
            Value.Content file = whole ? null : files.content(source.file());
            int wrong =
                    file == null ? 0 : file.text().map(EnvironmentLines::wrong).orElse(0);
            if (wrong > 0) {
                refusals.add(
                        "/env_from/" + i + "/file",
                        INVALID_VALUE,
                        "line " + wrong + " of the file " + source.file()
                                + " is no KEY=value; mend it, or say by env which variable the whole is");
            }
        }
    }

    private boolean areFew(String field, int size) {
        int most = SpecTable.SPEC.field(field).limits().entries();
        if (size > most) {
            refusals.add("/" + field, TOO_LARGE, field + " has " + size + " entries; give " + most + " at most");
        }
        return size <= most;
    }

    private void template(String pointer, TemplateSpec template) {
        boolean sourced = !template.source().isEmpty();
        if (sourced) {
            name(
                    pointer + "/source",
                    "source",
                    template.source(),
                    ContainerTables.TEMPLATE.field("source").limits());
        }
        if (sourced && !template.content().isEmpty()) {
            refusals.add(pointer + "/source", INVALID_VALUE, "content and source are both given; leave one out");
        }
        mode(pointer, template.mode(), ContainerTables.TEMPLATE.field("mode").limits(), "0644");
    }

    private void env(String pointer, EnvSource source) {
        if (source.named() != 1) {
            refusals.add(
                    pointer,
                    INVALID_VALUE,
                    "env_from names " + source.named() + " of var, secret and file; give one of them");
        }
        optional(pointer + "/var", "var", source.var());
        optional(pointer + "/secret", "secret", source.secret());
        optional(pointer + "/file", "file", source.file());
        FieldLimits limits = ValueTables.ENV.field("env").limits();
        if (!limits.has(source.env())) {
            refusals.add(
                    pointer + "/env",
                    INVALID_VALUE,
                    "env: " + Pointers.quoted(source.env()) + " is not a variable's name; give 1 to " + limits.length()
                            + " characters without =, spaces and control characters");
        }
    }

    private void optional(String pointer, String field, String name) {
        if (!name.isEmpty()) {
            name(pointer, field, name, ValueTables.ENV.field(field).limits());
        }
    }

    private void secrets(DeploymentSpec spec) {
        Set<String> taken = new HashSet<>();
        spec.templates().forEach(template -> taken.add(template.destination()));
        spec.allVolumes().forEach(volume -> taken.add(volume.destination()));
        for (int i = 0; i < spec.secrets().size() && !refusals.full(); i++) {
            SecretMount secret = spec.secrets().get(i);
            String pointer = "/secrets/" + i;
            name(
                    pointer + "/name",
                    "name",
                    secret.name(),
                    ValueTables.SECRET.field("name").limits());
            String target = pointer + "/target";
            String fault = DestinationRules.fault(secret.path());
            boolean folders =
                    !secret.target().startsWith("/") && secret.target().contains("/");
            if (fault != null) {
                refusals.add(target, INVALID_VALUE, "target " + Pointers.quoted(secret.target()) + " " + fault);
            } else if (folders) {
                refusals.add(
                        target,
                        INVALID_VALUE,
                        "target " + Pointers.quoted(secret.target())
                                + " has folders; give a file's name, or an absolute path");
            } else if (!taken.add(secret.path())) {
                refusals.add(
                        target,
                        DUPLICATE_VALUE,
                        "target " + secret.path()
                                + " is given twice; give each secret, template and volume a place of its own");
            }
            mode(pointer, secret.mode(), ValueTables.SECRET.field("mode").limits(), "0400");
        }
    }

    private void mode(String pointer, String mode, FieldLimits limits, String example) {
        if (!limits.has(mode)) {
            refusals.add(
                    pointer + "/mode",
                    INVALID_VALUE,
                    "mode " + Pointers.quoted(mode) + " is none; give three octal digits, as " + example);
        }
    }

    private void name(String pointer, String field, String name, FieldLimits limits) {
        if (name.isEmpty() || !limits.has(name)) {
            refusals.add(pointer, INVALID_VALUE, field + " " + Pointers.quoted(name) + NAME);
        }
    }
}
