package io.knit.core.server.compose;

import io.knit.core.server.admission.Pointers;
import io.knit.core.server.compose.text.ComposeFindings;
import io.knit.core.server.compose.text.ComposeFindings.TooMuchText;
import io.knit.core.server.compose.text.Interpolation;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Spot;
import io.knit.core.server.compose.text.YamlText;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Names of a project and of its deployments. */
final class StackNames {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?");
    private static final Pattern SERVICE = Pattern.compile("[a-zA-Z0-9._-]+");
    private static final String VARIABLE = "COMPOSE_PROJECT_NAME";
    private static final int LONGEST = 63;

    private final ComposeFindings findings;

    StackNames(ComposeFindings findings) {
        this.findings = findings;
    }

    /** What is given, else what the variables say; empty: neither. It goes before what stands in the file. */
    static String given(ComposeSource source, Map<String, String> variables) {
        return source.project().isEmpty() ? variables.getOrDefault(VARIABLE, "") : source.project();
    }

    /** The project's name becomes a variable, for the file itself and for what is in its containers: as Compose has it, which takes more than a deployment's name can have. */
    static void tell(String given, String text, Map<String, String> variables) {
        // what is wrong with the name is found where the file is read
        Interpolation values = new Interpolation(variables::get, new ComposeFindings());
        String name = given;
        if (given.isEmpty()) {
            try {
                name = values.in(YamlText.topText(text, "name"), new Spot("", 1, 1));
            } catch (TooMuchText e) {
                return;
            }
        }
        // one that is set stays as it is: volumes have been named by it
        if (!name.isEmpty() && !name.equals(variables.get(VARIABLE))) {
            variables.put(VARIABLE, name.toLowerCase(Locale.ROOT));
        }
    }

    /** What is given, else what stands in the file; it is never made of a folder's. */
    String project(String given, Part file) {
        Part named = file.at("name");
        String name = given;
        Spot at = file.spot();
        if (given.isEmpty() && named != null) {
            name = named.text();
            at = named.spot();
        }
        String label = label(name);
        if (name.isEmpty()) {
            findings.refuse(
                    at,
                    "the project has no name",
                    "give one (--project NAME, project), or write name: NAME at the top of the file");
        } else if (!LABEL.matcher(label).matches() || label.length() > LONGEST) {
            findings.refuse(
                    at,
                    "the project's name " + Pointers.quoted(name) + " is none",
                    "give up to " + LONGEST + " of a-z 0-9 -, beginning and ending with a letter or digit");
        }
        return label;
    }

    /** {@code <project>-<service>}, with {@code -} for what a name can't have. */
    Map<String, String> deployments(String project, Part services, Set<String> wanted) {
        Map<String, String> deployments = new LinkedHashMap<>();
        Map<String, String> taken = new LinkedHashMap<>();
        for (String service : wanted) {
            Spot at = services.spotOf(service);
            String name = project + "-" + label(service);
            String other = taken.put(name, service);
            if (!SERVICE.matcher(service).matches()
                    || !LABEL.matcher(label(service)).matches()) {
                findings.refuse(
                        at,
                        "the service's name " + Pointers.quoted(service) + " is none",
                        "give letters, digits, - and _");
            } else if (other != null) {
                findings.refuse(at, service + " and " + other + " would both be the deployment " + name, "rename one");
            } else if (name.length() > LONGEST) {
                findings.refuse(
                        at,
                        "the deployment's name " + name + " has " + name.length() + " characters",
                        "shorten the project's name or the service's: " + LONGEST + " is the most");
            }
            deployments.put(service, name);
        }
        return deployments;
    }

    private static String label(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-').replace('.', '-');
    }
}
