package ccupgrade.cli;

import ccupgrade.config.SizeText;
import java.util.OptionalLong;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A size on the command line, as in {@code ccupgrade.toml}: {@code 500MB}, {@code 2GiB}; in bytes. */
public final class SizeOption implements ITypeConverter<Long> {

    @Override
    public Long convert(String value) {
        OptionalLong size = SizeText.parse(value);
        if (size.isEmpty() || size.getAsLong() == 0) {
            throw new TypeConversionException("'" + value + "' is not a size, such as 500MB or 2GiB");
        }
        return size.getAsLong();
    }
}
