/** Values of templates as text that other programs read: {@link io.knit.core.template.text.JsonText}, {@link io.knit.core.template.text.YamlLines}, {@link io.knit.core.template.text.TomlLines}. */
@NullMarked
package io.knit.core.template.text;

import org.jspecify.annotations.NullMarked;
