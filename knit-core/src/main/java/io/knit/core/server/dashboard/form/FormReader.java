package io.knit.core.server.dashboard.form;

import static io.knit.api.error.ErrorCode.DUPLICATE_VALUE;
import static io.knit.api.error.ErrorCode.INVALID_VALUE;
import static io.knit.api.error.ErrorCode.MISSING_FIELD;

import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.PortSpec;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.Protocol;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.admission.Refusals;
import io.knit.core.spec.ContainerTables;
import io.knit.core.spec.Field;
import io.knit.core.spec.Range;
import io.knit.core.spec.SpecTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The typed form to a spec. Whether its values make sense is for admission to say; here only what can't be read is refused. */
public final class FormReader {
    /** {@code 80}, {@code 8080:80}, {@code 10.0.0.1:8080:80}, {@code [::1]:8080:80}, {@code mesh:8080:80}, each with {@code /udp}. */
    private static final Pattern PORT =
            Pattern.compile("(?:(?:(\\[[^\\]]*]|[^:/\\s]+):)?(\\d{1,9})?:)?(\\d{1,9})(?:/(\\w+))?");

    private static final Field<PortSpec> PROTOCOL = ContainerTables.PORT.field("protocol");
    private static final Range REPLICAS = SpecTable.SPEC.field("replicas").range();

    private final DeployForm form;
    private final Refusals refusals = new Refusals();

    private FormReader(DeployForm form) {
        this.form = form;
    }

    /**
     * @throws KnitException with pointers into the spec, by which the page finds the field
     */
    public static DeploymentSpec read(DeployForm form) {
        FormReader reader = new FormReader(form);
        DeploymentSpec spec = reader.spec();
        reader.refusals.throwIfAny();
        return spec;
    }

    private DeploymentSpec spec() {
        require("name", form.name(), "give a name, like web");
        require("image", form.image(), "give an image, like nginx:1.27");
        DeploymentSpecBuilder spec = DeploymentSpec.builder(form.name(), form.image());
        if (form.replicas().matches("\\d{1,6}")) {
            spec.replicas(Integer.parseInt(form.replicas()));
        } else {
            refusals.add(
                    "/replicas",
                    INVALID_VALUE,
                    "give a whole number from " + REPLICAS.least() + " to " + REPLICAS.most());
        }
        if (!form.platform().isEmpty()) {
            spec.process(ProcessSpec.DEFAULT.on(form.platform()));
        }
        pairs("/node_selector", form.selector()).forEach(spec::nodeSelector);
        spec.near(lines(form.near()).toArray(String[]::new));
        pairs("/env", form.env()).forEach(spec::env);
        for (String line : lines(form.ports())) {
            port(line, spec);
        }
        for (DeployForm.TemplateField template : form.templates()) {
            if (!template.blank()) {
                spec.template(template.destination(), template.content());
            }
        }
        return spec.build();
    }

    private void require(String field, String value, String hint) {
        if (value.isEmpty()) {
            refusals.add("/" + field, MISSING_FIELD, hint);
        }
    }

    private Map<String, String> pairs(String pointer, String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String line : lines(text)) {
            int equals = line.indexOf('=');
            if (equals < 1) {
                refusals.add(
                        pointer, INVALID_VALUE, Pointers.quoted(line) + " is not a pair; write key=value, one a line");
                continue;
            }
            String key = line.substring(0, equals).strip();
            if (pairs.put(key, line.substring(equals + 1).strip()) != null) {
                refusals.add(pointer, DUPLICATE_VALUE, Pointers.quoted(key) + " is given twice; keep one");
            }
        }
        return pairs;
    }

    private void port(String line, DeploymentSpecBuilder spec) {
        Matcher port = PORT.matcher(line);
        String protocol =
                port.matches() && port.group(4) != null ? port.group(4).toLowerCase(Locale.ROOT) : "tcp";
        if (!port.matches() || PROTOCOL.choice(protocol) == null) {
            refusals.add(
                    "/ports",
                    INVALID_VALUE,
                    Pointers.quoted(line)
                            + " is not a port; write 80, 8080:80 or address:8080:80, then /udp if it is not tcp");
            return;
        }
        String ip = port.group(1) == null ? null : port.group(1).replaceAll("[\\[\\]]", "");
        int hostPort = port.group(2) == null ? 0 : Integer.parseInt(port.group(2));
        spec.port(new PortSpec(ip, hostPort, Integer.parseInt(port.group(3)), (Protocol)
                Objects.requireNonNull(PROTOCOL.choice(protocol))));
    }

    private static List<String> lines(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }
}
