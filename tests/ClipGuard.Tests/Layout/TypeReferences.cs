using System.Reflection;
using System.Reflection.Emit;

namespace ClipGuard.Tests.Layout;

/// <summary>The types that a compiled type refers to: in its members' signatures and in the code of its methods.</summary>
internal static class TypeReferences
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields()
        .Select(static field => (OpCode)field.GetValue(null)!)
        .ToDictionary(static code => code.Value);

    /// <summary>The types that a type refers to, generic arguments and elements included.</summary>
    public static IReadOnlySet<Type> Of(Type type)
    {
        var found = new HashSet<Type>();
        Add(type.BaseType, found);
        AddAll(type.GetInterfaces(), found);
        AddAll(type.GetFields(Declared).Select(static field => field.FieldType), found);
        foreach (MethodBase method in type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared)))
        {
            Add((method as MethodInfo)?.ReturnType, found);
            AddAll(method.GetParameters().Select(static parameter => parameter.ParameterType), found);
            if (method.GetMethodBody() is { } body)
            {
                AddAll(body.LocalVariables.Select(static local => local.LocalType), found);
                AddAll(body.ExceptionHandlingClauses.Where(static clause => clause.Flags == ExceptionHandlingClauseOptions.Clause)
                    .Select(static clause => clause.CatchType), found);
                AddCode(method, body.GetILAsByteArray()!, found);
            }
        }

        return found;
    }

    // The operands of instructions that are metadata tokens name types, fields and methods (ECMA-335, III.1.9 and VI.C.1).
    private static void AddCode(MethodBase method, byte[] code, HashSet<Type> found)
    {
        Type[] typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : [];
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (int at = 0; at < code.Length;)
        {
            OpCode instruction = code[at] == 0xFE ? OpCodesByValue[unchecked((short)(0xFE00 | code[at + 1]))] : OpCodesByValue[code[at]];
            at += instruction.Size;
            if (instruction.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                Add(method.Module.ResolveMember(BitConverter.ToInt32(code, at), typeArguments, methodArguments), found);
            }

            at += instruction.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    private static void Add(MemberInfo? member, HashSet<Type> found)
    {
        switch (member)
        {
            case Type type:
                if (type.HasElementType)
                {
                    Add(type.GetElementType(), found);
                }
                else if (!type.IsGenericParameter)
                {
                    found.Add(type.IsGenericType ? type.GetGenericTypeDefinition() : type);
                    AddAll(type.IsGenericTypeDefinition ? [] : type.GetGenericArguments(), found);
                }

                break;
            case MethodInfo { IsGenericMethod: true } method:
                Add(method.DeclaringType, found);
                AddAll(method.GetGenericArguments(), found);
                break;
            case not null:
                Add(member.DeclaringType, found);
                break;
        }
    }

    private static void AddAll(IEnumerable<Type?> types, HashSet<Type> found)
    {
        foreach (Type? type in types)
        {
            Add(type, found);
        }
    }
}
