using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;

namespace Ttm.Server.Configuration;

/// <summary>The settings that a section bound to a record has, found by its properties, and whether each value is of its property's type.</summary>
internal static class BoundSettings
{
    /// <summary>All of them, with their defaults.</summary>
    /// <exception cref="StartException">A value in <paramref name="configuration"/> is of the wrong type.</exception>
    public static IEnumerable<KnownSetting> Read(IConfiguration configuration, string section, object defaults)
    {
        foreach (var property in defaults.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.SetMethod is null)
                continue;
            var key = $"{section}:{property.Name}";
            var standard = property.GetValue(defaults);
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (typeof(IReadOnlyDictionary<string, string>).IsAssignableFrom(type))
            {
                yield return new(key, SettingShape.Map, "");
            }
            else if (type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type))
            {
                yield return new(key, SettingShape.List, "");
            }
            else if (type.IsClass && type != typeof(string))
            {
                foreach (var nested in Read(configuration, key, standard!))
                    yield return nested;
            }
            else
            {
                Check(key, configuration[key], type, Nullable.GetUnderlyingType(property.PropertyType) is not null);
                yield return new(key, SettingShape.One, Text(standard));
            }
        }
    }

    private static void Check(string key, string? value, Type type, bool mayBeEmpty)
    {
        if (value is null || type == typeof(string) || (mayBeEmpty && value.Length == 0))
            return;
        try
        {
            if (value.Length > 0 && TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value) is not null)
                return;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or NotSupportedException or OverflowException)
        {
            // Told below.
        }

        throw StartException.Setting(key, value, "set it to " + Mend(type));
    }

    private static string Mend(Type type) =>
        type == typeof(bool) ? "true or false"
        : type == typeof(TimeSpan) ? "a time such as 00:15:00 (hours, minutes, seconds)"
        : type == typeof(int) || type == typeof(long) ? "a whole number"
        : $"a {type.Name}";

    private static string Text(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
