//! `INSERT`, in its four ways: to add rows, to replace them all, to replace those of the same key, and to add those whose key is new.

use std::collections::BTreeSet;

use sqlparser::ast::{
    self, ConflictTarget, DoUpdate, Expr, Ident, ObjectName, ObjectNamePart, OnConflictAction, OnInsert,
};

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::names::{self, plain};
use super::pieces::Piece;
use super::refusal::usage;
use super::{Kind, Mistake};
use crate::lake::TableName;

#[derive(Debug, Clone)]
pub struct Insert {
    pub table: TableName,
    /// All columns of the table, in its order, if none are named.
    pub columns: Vec<Ident>,
    pub source: Box<ast::Query>,
    pub manner: Manner,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manner {
    Append,
    Overwrite,
    /// The columns of the key, and those that are set.
    Replace {
        key: Vec<Ident>,
        set: BTreeSet<String>,
    },
    /// The columns of the key.
    Keep {
        key: Vec<Ident>,
    },
}

const CONFLICT: &str = "write `ON CONFLICT (key, …) DO UPDATE SET column = EXCLUDED.column, …` with all columns but the key, or `DO NOTHING`";

impl Insert {
    pub(super) fn kind(&self) -> Kind {
        match self.manner {
            Manner::Append => Kind::Insert,
            Manner::Overwrite => Kind::Overwrite,
            Manner::Replace { .. } | Manner::Keep { .. } => Kind::Upsert,
        }
    }
}

impl Piece<'_> {
    pub(super) fn insert(&self, insert: ast::Insert, conflict: &[TokenWithSpan]) -> Result<Insert, Mistake> {
        self.refuse_extras(&insert)?;
        let ast::TableObject::TableName(name) = &insert.table else {
            return Err(self.refused("rows go into a table", usage(self.first())));
        };
        let table = names::table(self, name)?;
        let Some(source) = insert.source else {
            return Err(self.refused("there are no rows to insert", usage(self.first())));
        };
        let columns = insert.columns.iter().map(|name| self.column(name)).collect::<Result<Vec<_>, _>>()?;
        let manner = match (conflict, insert.overwrite) {
            ([], false) => Manner::Append,
            ([], true) => Manner::Overwrite,
            (conflict, false) => self.conflict(conflict)?,
            _ => return Err(self.refused("`OVERWRITE` replaces all rows, whatever their key is", CONFLICT)),
        };
        Ok(Insert { table, columns, source, manner })
    }

    fn refuse_extras(&self, insert: &ast::Insert) -> Result<(), Mistake> {
        let plain = ast::Insert {
            optimizer_hints: Vec::new(),
            or: None,
            ignore: false,
            table_alias: None,
            partitioned: None,
            after_columns: Vec::new(),
            assignments: Vec::new(),
            returning: None,
            output: None,
            on: None,
            replace_into: false,
            priority: None,
            insert_alias: None,
            settings: None,
            format_clause: None,
            multi_table_insert_type: None,
            multi_table_into_clauses: Vec::new(),
            multi_table_when_clauses: Vec::new(),
            multi_table_else_clause: None,
            ..insert.clone()
        };
        if &plain == insert {
            return Ok(());
        }
        Err(self.refused("this `INSERT` says more than is known here", usage(self.first())))
    }

    fn column(&self, name: &ObjectName) -> Result<Ident, Mistake> {
        match name.0.as_slice() {
            [ObjectNamePart::Identifier(column)] => Ok(column.clone()),
            _ => Err(self.refused(format!("`{name}` is not a column alone"), usage(self.first()))),
        }
    }

    /// The clause is parsed behind the shortest insert that there is.
    fn conflict(&self, clause: &[TokenWithSpan]) -> Result<Manner, Mistake> {
        let insert = ["INSERT", "INTO"].map(Token::make_keyword).into_iter();
        let insert =
            insert.chain([Token::make_word("t", None), Token::make_keyword("VALUES"), Token::LParen]);
        let insert = insert.chain([Token::make_word("a", None), Token::RParen]).map(TokenWithSpan::wrap);
        let conflict = match self.parsed(insert.chain(clause.iter().cloned()).collect())? {
            ast::Statement::Insert(ast::Insert {
                on: Some(OnInsert::OnConflict(conflict)),
                returning: None,
                ..
            }) => conflict,
            _ => {
                return Err(
                    self.refused("this says more than what becomes of rows whose key is there", CONFLICT)
                );
            }
        };
        let Some(ConflictTarget::Columns(key)) = conflict.conflict_target else {
            return Err(self.refused("this does not say by which key rows are the same", CONFLICT));
        };
        match conflict.action {
            OnConflictAction::DoNothing => Ok(Manner::Keep { key }),
            OnConflictAction::DoUpdate(update) => {
                let set = self.replaced(update)?;
                Ok(Manner::Replace { key, set })
            }
        }
    }

    /// The columns that become what comes in.
    fn replaced(&self, update: DoUpdate) -> Result<BTreeSet<String>, Mistake> {
        if update.selection.is_some() {
            let hint = "put the condition into the query that the rows come from";
            return Err(self.refused("`DO UPDATE … WHERE` is not known here", hint));
        }
        let mut set = BTreeSet::new();
        for assignment in update.assignments {
            let (column, value) = self.assigned(assignment)?;
            if !is_excluded(&value, &column) {
                let message =
                    format!("`{column} = {value}` is not known here: a row is replaced as it comes in");
                return Err(self.refused(message, format!("write `{column} = EXCLUDED.{column}`")));
            }
            set.insert(plain(&column));
        }
        Ok(set)
    }
}

fn is_excluded(value: &Expr, column: &Ident) -> bool {
    match value {
        Expr::CompoundIdentifier(parts) => match parts.as_slice() {
            [from, name] => plain(from) == "excluded" && plain(name) == plain(column),
            _ => false,
        },
        _ => false,
    }
}
