package io.knit.core.server.compose;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.compose.key.KeyCheck;
import io.knit.core.server.compose.reach.Neighbours;
import io.knit.core.server.compose.take.ComposeSecret;
import io.knit.core.server.compose.take.ComposeTaking;
import io.knit.core.server.compose.take.ServiceAround;
import io.knit.core.server.compose.take.TakenOrder;
import io.knit.core.server.compose.text.ComposeFindings;
import io.knit.core.server.compose.text.ComposeFindings.TooMuchText;
import io.knit.core.server.compose.text.EnvText;
import io.knit.core.server.compose.text.Interpolation;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Part.Kind;
import io.knit.core.server.compose.text.Spot;
import io.knit.core.server.compose.text.YamlText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads a Compose file. What is refused of it is found all at once. Thread-safe. */
public final class Compose {
    private static final int MOST_NAMES = 20;

    private final ComposeSource source;
    private final ComposeFindings findings;
    private final Map<String, String> variables = new LinkedHashMap<>();

    private Compose(ComposeSource source, ComposeFindings findings) {
        this.source = source;
        this.findings = findings;
        source.envFiles()
                .forEach(each -> EnvText.readInto(variables, each.name(), each.text(), false, source.env(), findings));
        variables.putAll(source.env());
    }

    /** The stack that a file describes. */
    public static ComposeStack read(ComposeSource source) {
        ComposeFindings findings = new ComposeFindings();
        try {
            return new Compose(source, findings).read();
        } catch (TooMuchText e) {
            return new ComposeStack("", List.of(), findings.all());
        }
    }

    /** Whether a text is meant as a Compose file, and not as a spec: by its keys at the top, whatever is wrong below them. */
    public static boolean isMeant(String text) {
        Set<String> keys = YamlText.topKeys(text);
        return keys.contains("services") && !keys.contains("image");
    }

    private ComposeStack read() {
        String given = StackNames.given(source, variables);
        StackNames.tell(given, source.text(), variables);
        Interpolation values = new Interpolation(variables::get, findings);
        Part file = YamlText.read(source.file(), source.text(), values, findings);
        if (file == null) {
            return new ComposeStack("", List.of(), findings.all());
        }
        Part all = file.is(Kind.MAP) ? file.at("services") : null;
        if (all == null || !all.is(Kind.MAP) || all.members().isEmpty()) {
            findings.refuse(
                    file.spotOf("services"),
                    "there are no services",
                    "write services: and under it what runs, by name");
            return new ComposeStack("", List.of(), findings.all());
        }
        KeyCheck.file(file, findings);
        Extending extending = new Extending(source, values, findings);
        Map<String, Part> services = extending.all(all);
        StackNames names = new StackNames(findings);
        String project = names.project(given, file);
        Map<String, Part> wanted = wanted(services);
        wanted.keySet().stream()
                .flatMap(name -> extending.madeOf(name).stream())
                .forEach(each -> KeyCheck.service(each, findings));
        if (wanted.isEmpty() && !findings.refused()) {
            findings.refuse(all.spot(), "no service is in the profiles that are given", "give a profile");
        }
        Map<String, String> sharers = Sharing.sharers(wanted, findings);
        Map<String, String> deployments = names.deployments(project, all, wanted.keySet());
        // who waits for a sidecar waits for its instance
        sharers.forEach((name, with) -> deployments.put(name, Objects.requireNonNull(deployments.get(with))));
        ServiceAround around = new ServiceAround(
                project, file, deployments, services, jobs(wanted), variables, source.beside(), source.liberties());
        ComposeTaking taking = new ComposeTaking(around, findings);
        List<ComposeService> taken = new ArrayList<>();
        Map<String, ComposeSecret> secrets = new LinkedHashMap<>();
        wanted.forEach((name, service) -> {
            ComposeTaking.Taken one = taking.take(name, service);
            String deployment = Objects.requireNonNullElse(deployments.get(name), name);
            taken.add(new ComposeService(name, deployment, one.spec(), one.places(), all.spotOf(name)));
            one.secrets().forEach(secret -> secrets.putIfAbsent(secret.name(), secret));
        });
        List<ComposeService> shared = Sharing.of(taken, sharers, findings);
        remarks(all, shared.stream().map(ComposeService::service).toList(), taken);
        Map<String, ObjectNode> specs = new LinkedHashMap<>();
        shared.forEach(each -> specs.put(each.service(), each.spec()));
        List<ComposeService> reached = Exposing.of(shared, Neighbours.of(specs, wanted, sharers), wanted, findings);
        List<ComposeService> ordered = StartOrder.of(reached, findings);
        return new ComposeStack(
                project, findings.refused() ? List.of() : ordered, findings.all(), List.copyOf(secrets.values()));
    }

    /** Those of no profile, and of one that is given. */
    private Map<String, Part> wanted(Map<String, Part> services) {
        Set<String> profiles = new LinkedHashSet<>(source.profiles());
        Arrays.stream(variables.getOrDefault("COMPOSE_PROFILES", "").split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .forEach(profiles::add);
        Map<String, Part> wanted = new LinkedHashMap<>();
        services.forEach((name, service) -> {
            Part of = service.at("profiles");
            boolean free = of == null
                    || of.is(Kind.NOTHING)
                    || of.is(Kind.LIST) && of.items().isEmpty();
            if (of != null && !free && !of.is(Kind.LIST)) {
                findings.refuse(of.spot(), "profiles is " + of.kind().words(), "give a list");
            }
            if (free
                    || profiles.contains("*")
                    || of != null && of.items().stream().anyMatch(each -> profiles.contains(each.text()))) {
                wanted.put(name, service);
            }
        });
        return wanted;
    }

    private static Set<String> jobs(Map<String, Part> services) {
        Set<String> jobs = new LinkedHashSet<>();
        services.values()
                .forEach(service -> TakenOrder.waits(service).forEach((name, untilItsEnd) -> {
                    if (untilItsEnd) {
                        jobs.add(name);
                    }
                }));
        return jobs;
    }

    /** Said once, of all of them. */
    private void remarks(Part all, List<String> services, List<ComposeService> taken) {
        Spot at = new Spot(source.file(), all.spot().line(), all.spot().column());
        if (services.size() > 1) {
            findings.remark(
                    at,
                    "services ("
                            + services.stream().limit(3).map(Pointers::quoted).collect(Collectors.joining(", "))
                            + ") find each other by name on any node, and reach on another what is exposed or published there",
                    "write expose: for what others connect to, or keep them on one node by placement constraints");
        }
        List<String> again = taken.stream()
                .filter(Compose::startsAgain)
                .map(ComposeService::service)
                .toList();
        if (!again.isEmpty()) {
            findings.remark(
                    at,
                    "restart: " + named(again)
                            + (again.size() > 1 ? " say nothing of it, and start" : " says nothing of it, and starts")
                            + " again after each end, also after a good one",
                    "write restart: \"no\" or on-failure for what runs once, or have another wait for its end"
                            + " (depends_on with service_completed_successfully)");
        }
    }

    /** Whether it is started again though its file does not say so: to Compose it then runs once. */
    private static boolean startsAgain(ComposeService service) {
        return !service.spec().has("restart")
                && !service.spec().path("mode").asText().equals("job");
    }

    private static String named(List<String> services) {
        String some = services.stream().limit(MOST_NAMES).map(Pointers::quoted).collect(Collectors.joining(", "));
        return services.size() > MOST_NAMES ? some + " and " + (services.size() - MOST_NAMES) + " more" : some;
    }
}
