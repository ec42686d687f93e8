package io.knit.core.plugin;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.Component;
import io.knit.api.spi.KnitPlugin;
import io.knit.api.spi.PluginConfig;
import io.knit.api.spi.PluginContext;
import io.knit.api.spi.PluginFactory;
import io.vertx.core.Future;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The factories on a class path and in a folder of plugins. Immutable. */
public final class Plugins {
    private final List<Found> found;

    private Plugins(List<Found> found) {
        this.found = List.copyOf(found);
    }

    /**
     * @param spi what the factory makes
     * @param name what the factory is called
     * @param added whether it is of a jar in a folder of plugins
     */
    private record Found(PluginFactory<?> factory, Class<?> spi, String name, String jar, boolean added) {
        boolean makes(Class<?> wanted) {
            return spi == wanted;
        }

        String file() {
            return jar.substring(jar.lastIndexOf('/') + 1);
        }
    }

    /**
     * Looks for plugins, in each jar too if the loader is a {@link PluginFolder}.
     *
     * @throws KnitException with {@code PLUGIN_FAILED} if one can't be loaded, or two factories of one SPI have the same name
     */
    public static Plugins load(ClassLoader loader) {
        List<Found> found = new ArrayList<>();
        find(loader, found, "a plugin");
        if (loader instanceof PluginFolder folder) {
            for (ClassLoader jar : folder.jars()) {
                int before = found.size();
                find(jar, found, "the plugin " + jar.getName());
                if (found.size() == before) {
                    throw new KnitException(
                            ErrorCode.PLUGIN_FAILED,
                            jar.getName() + " holds no plugin: it has no META-INF/services/"
                                    + KnitPlugin.class.getName() + "; a plugin is one jar with its libraries inside");
                }
            }
        }
        return new Plugins(found);
    }

    private static void find(ClassLoader loader, List<Found> found, String what) {
        List<Found> own = new ArrayList<>();
        try {
            for (KnitPlugin plugin : ServiceLoader.load(KnitPlugin.class, loader)) {
                String jar = jarOf(plugin.getClass());
                boolean added = loader.getName() != null && loader.getName().endsWith(".jar");
                plugin.factories()
                        .forEach(factory -> own.add(new Found(factory, factory.spi(), factory.name(), jar, added)));
            }
        } catch (Throwable e) {
            throw new KnitException(ErrorCode.PLUGIN_FAILED, what + " can't be loaded: " + reason(e), e);
        }
        own.forEach(each -> add(found, each));
    }

    /** Why something of a plugin failed, in words. */
    private static String reason(Throwable failure) {
        Throwable cause = failure.getCause();
        if (failure instanceof ServiceConfigurationError && cause != null) {
            return failure.getMessage() + ": " + reason(cause);
        }
        if (failure instanceof ExceptionInInitializerError && cause != null) {
            return reason(cause);
        }
        if (failure instanceof LinkageError) {
            return "it does not fit this Knit (" + failure
                    + "): it is made for another version of Knit or of Java, or lacks a"
                    + " library; give one that is made for this version, with its libraries inside its jar";
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    /** What the jars of a {@link PluginFolder} added, in words: {@code Discovery "hosts-file" of hosts.jar}. */
    public List<String> added() {
        return found.stream()
                .filter(Found::added)
                .map(f -> f.spi().getSimpleName() + " \"" + f.name() + "\" of " + f.file())
                .toList();
    }

    private static void add(List<Found> found, Found added) {
        for (Found other : found) {
            if (other.makes(added.spi()) && other.name().equals(added.name())) {
                throw new KnitException(
                        ErrorCode.PLUGIN_FAILED,
                        "two plugins give a " + added.spi().getSimpleName() + " named \"" + added.name() + "\": "
                                + other.jar() + " and " + added.jar() + "; remove one of them");
            }
        }
        found.add(added);
    }

    private static String jarOf(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null || source.getLocation() == null
                ? type.getName()
                : source.getLocation().getPath();
    }

    /**
     * Makes the component of an SPI: the one that {@code config} names under {@code key}, else the only one there is.
     *
     * @return fails with {@code PLUGIN_FAILED} if there is none, or several and none is named, or it could not be made
     */
    public <T extends Component> Future<T> create(
            Class<T> spi, String key, PluginConfig config, PluginContext context) {
        List<Found> fitting = found.stream().filter(f -> f.makes(spi)).toList();
        Optional<String> wanted = config.get(key);
        List<Found> chosen = wanted.isEmpty()
                ? fitting
                : fitting.stream().filter(f -> f.name().equals(wanted.get())).toList();
        if (chosen.size() != 1) {
            String names = fitting.stream().map(f -> f.name()).collect(Collectors.joining(", "));
            return Future.failedFuture(new KnitException(
                    ErrorCode.PLUGIN_FAILED,
                    "no " + spi.getSimpleName()
                            + wanted.map(w -> " named \"" + w + "\"").orElse("") + " to use; found: "
                            + (names.isEmpty() ? "none" : names)
                            + (fitting.size() > 1 ? "; choose one with " + key : "")));
        }
        return make(chosen.get(0), spi, config, context);
    }

    /** Makes every component of an SPI; where one can't be made, none is left open. */
    public <T extends Component> Future<List<T>> createAll(Class<T> spi, PluginConfig config, PluginContext context) {
        List<Future<T>> made = found.stream()
                .filter(f -> f.makes(spi))
                .map(f -> make(f, spi, config, context))
                .toList();
        return Future.join(made)
                .map(all -> made.stream().map(Future::result).toList())
                .recover(e -> closed(made.stream()
                                .filter(Future::succeeded)
                                .map(Future::result)
                                .toList())
                        .transform(anyway -> Future.failedFuture(e)));
    }

    private static <T extends Component> Future<T> make(
            Found found, Class<T> spi, PluginConfig config, PluginContext context) {
        return Foreign.call(() -> found.factory().create(config, context).map(spi::cast), Future::<T>failedFuture)
                .recover(e -> Future.failedFuture(named(found, e)));
    }

    /** Closes them all, though one of them fails. */
    static Future<Void> closed(List<? extends Component> components) {
        return Future.join(components.stream().map(Plugins::closed).toList()).mapEmpty();
    }

    private static Future<Void> closed(Component component) {
        return Foreign.call(component::close, Future::failedFuture);
    }

    private static KnitException named(Found found, Throwable cause) {
        ErrorCode code = cause instanceof KnitException known ? known.code() : ErrorCode.PLUGIN_FAILED;
        String whose = found.added() ? " of " + found.file() : "";
        return new KnitException(code, "plugin \"" + found.name() + "\"" + whose + ": " + reason(cause), cause);
    }
}
