package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.admission.Admission;
import io.knit.core.server.admission.Refusals;
import io.knit.core.server.compose.Compose;
import io.knit.core.server.compose.ComposeService;
import io.knit.core.server.compose.ComposeSource;
import io.knit.core.server.compose.ComposeStack;
import io.knit.core.server.compose.text.ComposeFinding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compose files to specs: bodies of {@code POST /compose}, and what is refused with the file's own lines. */
public final class ComposeReader {
    private static final String FILE = "file";
    private static final String AT = "/" + FILE;
    private static final String NAME = "compose.yaml";
    private static final String FOLDERS = "folders_as_volumes";
    private static final List<String> KNOWN =
            List.of(FILE, "env", "env_file", "files", FOLDERS, "profiles", "project", "prune");

    private ComposeReader() {}

    /**
     * What a body asks for.
     *
     * @param prune whether what is of the stack and not in the file is taken away
     */
    public record Asked(ComposeSource source, boolean prune) {}

    /** A file that is taken over, with a spec for each of its services, of which there is one at least: what else is of the stack may be pruned. */
    public record Read(ComposeStack stack, List<DeploymentSpec> specs) {
        public Read {
            specs = List.copyOf(specs);
            if (specs.isEmpty() || specs.size() != stack.services().size()) {
                throw new IllegalArgumentException("there is no spec for each service of the stack");
            }
        }
    }

    /** @throws KnitException of kind USER */
    public static Asked json(byte[] body) {
        Refusals refusals = new Refusals();
        JsonNode tree = SpecReader.tree(body);
        Fields fields = new Fields(tree, "", refusals, KNOWN);
        if (!fields.has(FILE)) {
            fields.require(FILE);
        }
        String text = text(fields, FILE);
        Map<String, String> env = map(fields, "env");
        String envFile = fields.has("env_file") ? fields.text("env_file") : null;
        Map<String, String> files = map(fields, "files");
        List<String> listed = fields.has("profiles") ? fields.texts("profiles") : null;
        Set<String> profiles = listed == null ? Set.of() : new LinkedHashSet<>(listed);
        String project = text(fields, "project");
        boolean prune = flag(fields, "prune");
        boolean folders = flag(fields, FOLDERS);
        refusals.throwIfAny();
        ComposeSource source =
                new ComposeSource(NAME, text, env, ComposeSource.dotEnv(envFile), profiles, project, files::get);
        return new Asked(folders ? source.foldersAsVolumes() : source, prune);
    }

    private static String text(Fields fields, String name) {
        String text = fields.has(name) ? fields.text(name) : null;
        return text == null ? "" : text;
    }

    private static boolean flag(Fields fields, String name) {
        Boolean flag = fields.has(name) ? fields.flag(name) : Boolean.FALSE;
        return flag != null && flag;
    }

    private static Map<String, String> map(Fields fields, String name) {
        Map<String, String> map = fields.has(name) ? fields.textMap(name) : null;
        return map == null ? Map.of() : new LinkedHashMap<>(map);
    }

    /** The file alone, with nothing around it. */
    public static Asked yaml(byte[] body) {
        String text = SpecReader.utf8(body);
        if (text == null) {
            throw KnitException.at(
                    AT, ErrorCode.INVALID_VALUE, "the file is not UTF-8 text; save it as UTF-8, and send it again");
        }
        return new Asked(ComposeSource.of(NAME, text), false);
    }

    /**
     * Whole specs of all services.
     *
     * @throws KnitException all that is refused of the file
     */
    public static Read read(ComposeSource source) {
        ComposeStack stack = Compose.read(source);
        Refusals refusals = new Refusals();
        stack.findings().stream()
                .filter(ComposeFinding::refuses)
                .forEach(finding -> refusals.add(AT, ErrorCode.INVALID_VALUE, finding.toString()));
        List<DeploymentSpec> specs = new ArrayList<>();
        for (ComposeService service : stack.services()) {
            try {
                DeploymentSpec spec = SpecReader.read(service.spec());
                Admission.rules(spec, true).throwIfAny();
                specs.add(spec);
            } catch (KnitException e) {
                place(service, e, refusals);
            }
        }
        refusals.throwIfAny();
        return new Read(stack, specs);
    }

    /** What is refused of a service's spec, with its line; false: it is refused for something that stands in no file. */
    public static boolean place(ComposeService service, KnitException refusal, Refusals refusals) {
        List<KnitException> parts = Refusals.of(refusal);
        if (parts.stream().allMatch(part -> part.pointer() == null)) {
            return false;
        }
        for (KnitException part : parts) {
            refusals.add(AT, part.code(), service.at(part.pointer()) + ": " + part.getMessage());
        }
        return true;
    }

    /** Its own line in the answer. */
    public static ObjectNode remark(ComposeFinding finding) {
        return Json.object()
                .put("line", finding.at().line())
                .put("column", finding.at().column())
                .put("file", finding.at().file())
                .put("words", finding.words())
                .put("instead", finding.instead());
    }
}
