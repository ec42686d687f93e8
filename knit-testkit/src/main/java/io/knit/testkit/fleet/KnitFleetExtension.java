package io.knit.testkit.fleet;

import io.knit.core.KnitServer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Makes a fleet for each test and closes it after it; used by {@link KnitFleet}. */
public final class KnitFleetExtension implements BeforeEachCallback, ParameterResolver {
    private static final ExtensionContext.Namespace OWN = ExtensionContext.Namespace.create(KnitFleetExtension.class);
    private static final int MOST_AGENTS = 100;

    /** What the store closes when the test has ended, whatever became of it. */
    private record Kept(TestFleet fleet) implements ExtensionContext.Store.CloseableResource, AutoCloseable {
        @Override
        public void close() {
            fleet.close();
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        // also for a test that takes no parameter: that the fleet comes up may be all it asks
        Kept unused = kept(context);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == TestFleet.class || type == KnitServer.class || type == URI.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (context.getTestMethod().isEmpty()) {
            throw new ParameterResolutionException(
                    "a fleet is one test's: take it as a parameter of that, or of @BeforeEach or @AfterEach");
        }
        TestFleet fleet = kept(context).fleet();
        Class<?> type = parameter.getParameter().getType();
        if (type == URI.class) {
            return fleet.api()
                    .orElseThrow(() -> new ParameterResolutionException(
                            "in virtual time there is no REST API: say @KnitFleet(time = REAL)"));
        }
        return type == KnitServer.class ? fleet.server() : fleet;
    }

    private static Kept kept(ExtensionContext context) {
        return context.getStore(OWN)
                .getOrComputeIfAbsent(Kept.class, unused -> new Kept(fleet(wanted(context))), Kept.class);
    }

    private static KnitFleet wanted(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getTestMethod(), KnitFleet.class)
                .or(() -> context.getTestClass().flatMap(KnitFleetExtension::ofClass))
                .orElseThrow(() -> new ExtensionConfigurationException("say @KnitFleet on the test or its class"));
    }

    /** A nested class has what the one around it has. */
    private static Optional<KnitFleet> ofClass(Class<?> type) {
        return AnnotationSupport.findAnnotation(type, KnitFleet.class)
                .or(() ->
                        Optional.<Class<?>>ofNullable(type.getEnclosingClass()).flatMap(KnitFleetExtension::ofClass));
    }

    static TestFleet fleet(KnitFleet wanted) {
        if (wanted.agents() < 0 || wanted.agents() > MOST_AGENTS) {
            throw new ExtensionConfigurationException(
                    "agents = " + wanted.agents() + "; give 0 to " + MOST_AGENTS + " in @KnitFleet");
        }
        if (wanted.labels().length > wanted.agents()) {
            throw new ExtensionConfigurationException(
                    "there are labels for " + wanted.labels().length + " nodes, and agents = " + wanted.agents());
        }
        boolean docker = wanted.runtime() == KnitFleet.Runtime.DOCKER;
        if (docker && wanted.time() == KnitFleet.Time.VIRTUAL) {
            throw new ExtensionConfigurationException("Docker knows no virtual time: say time = REAL in @KnitFleet");
        }
        List<Map<String, String>> labels = new ArrayList<>();
        for (int i = 0; i < wanted.agents(); i++) {
            labels.add(labels(i, i < wanted.labels().length ? wanted.labels()[i] : ""));
        }
        return wanted.time() == KnitFleet.Time.VIRTUAL ? new VirtualFleet(labels) : RealFleet.start(labels, docker);
    }

    private static Map<String, String> labels(int node, String text) {
        Map<String, String> labels = new TreeMap<>(Map.of("name", "node-" + node));
        for (String pair : text.isBlank() ? new String[0] : text.split(",", -1)) {
            int sign = pair.indexOf('=');
            if (sign <= 0) {
                throw new ExtensionConfigurationException(
                        "\"" + pair + "\" is no label; give key=value, and several with commas, in @KnitFleet");
            }
            labels.put(pair.substring(0, sign).strip(), pair.substring(sign + 1).strip());
        }
        return labels;
    }
}
