package io.knit.core.server.compose;

import io.knit.core.server.compose.take.ComposeSecret;
import io.knit.core.server.compose.text.ComposeFinding;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a Compose file comes to.
 *
 * @param project its name, the stack of all its deployments; empty: it has none
 * @param services those that are wanted, so that each comes after what it depends on; empty where something was refused
 * @param findings all that is to be said of the file, by line
 * @param secrets those whose content the file names, one of each name
 */
public record ComposeStack(
        String project, List<ComposeService> services, List<ComposeFinding> findings, List<ComposeSecret> secrets) {
    public ComposeStack {
        services = List.copyOf(services);
        findings = List.copyOf(findings);
        secrets = List.copyOf(secrets);
        if (services.isEmpty() && findings.stream().noneMatch(ComposeFinding::refuses)) {
            // all that is deployed of it would count as left out
            throw new IllegalArgumentException("a stack has no services, and nothing says why");
        }
    }

    /** One whose file names the content of no secret. */
    public ComposeStack(String project, List<ComposeService> services, List<ComposeFinding> findings) {
        this(project, services, findings, List.of());
    }

    /** The same, with something more to be said before all else. */
    public ComposeStack saying(ComposeFinding first) {
        return new ComposeStack(
                project,
                services,
                Stream.concat(Stream.of(first), findings.stream()).toList(),
                secrets);
    }

    /** Whether nothing of it can be deployed as it is. */
    public boolean refused() {
        return findings.stream().anyMatch(ComposeFinding::refuses);
    }
}
